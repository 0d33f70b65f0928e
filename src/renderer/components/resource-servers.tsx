import { Text } from '@mantine/core';
import { canonicalResource } from '../../shared/resources.ts';
import type { SettingsView } from '../../shared/settings-views.ts';
import classes from './address-list.module.css';
import { AddAddress, LastChange, RemoveAddress } from './address-list.tsx';
import { Section } from './page.tsx';
import { useSetting } from './use-setting.ts';

/** The person's own servers that tokens may be issued for, beside the one that is built in. */
export function ResourceServers({ settings }: { settings: SettingsView }) {
  const setting = useSetting(settings, 'resourceServers');
  const servers = settings.resourceServers;
  const fixed = setting.fixedBy !== null;

  const add = (text: string): string | null => {
    const address = canonicalResource(text);
    if (address === null) return 'Enter an address such as http://127.0.0.1:7000/mcp or https://mcp.example.com.';
    if (servers.includes(address)) return 'This server is in the list already.';
    setting.save([...servers, address]);
    return null;
  };

  return (
    <Section
      title="Resource servers"
      description="Servers of your own that programs may get tokens for. Trackeep Tray’s MCP server is always one."
    >
      {fixed && (
        <Text size="sm" c="dimmed" mb="sm">
          Fixed by <code>{setting.fixedBy}</code> for this run.
        </Text>
      )}
      {servers.length > 0 && (
        <ul className={classes.list} aria-label="Resource servers">
          {servers.map((server) => (
            <li key={server} className={classes.row}>
              <div className={classes.line}>
                <Text ff="monospace" size="sm" className={classes.address ?? ''}>
                  {server}
                </Text>
                {!fixed && (
                  <RemoveAddress
                    address={server}
                    onRemove={() => setting.save(servers.filter((one) => one !== server))}
                  />
                )}
              </div>
            </li>
          ))}
        </ul>
      )}
      {!fixed && (
        <AddAddress label="Address of a server" placeholder="http://127.0.0.1:7000/mcp" setting={setting} onAdd={add} />
      )}
      <LastChange setting={setting} />
    </Section>
  );
}
