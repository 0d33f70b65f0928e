import { ActionIcon, Anchor, Button, Group, Text, TextInput, Tooltip } from '@mantine/core';
import { IconTrash } from '@tabler/icons-react';
import { type FormEvent, useId, useState } from 'react';
import { canonicalResource } from '../../shared/resources.ts';
import type { SettingsView } from '../../shared/views.ts';
import { Section } from './page.tsx';
import classes from './resource-servers.module.css';
import { StateMark } from './state-mark.tsx';
import { useSetting } from './use-setting.ts';

/** The person's own servers that tokens may be issued for, beside the one that is built in. */
export function ResourceServers({ settings }: { settings: SettingsView }) {
  const setting = useSetting(settings, 'resourceServers');
  const [text, setText] = useState('');
  const [problem, setProblem] = useState<string | null>(null);
  const servers = settings.resourceServers;
  const fixed = setting.fixedBy !== null;
  const complaint = problem ?? (setting.error && `${setting.error.message} ${setting.error.remedy}`);
  const id = useId();

  const add = (event: FormEvent) => {
    event.preventDefault();
    const address = canonicalResource(text.trim());
    if (address === null) {
      setProblem('Enter an address such as http://127.0.0.1:7000/mcp or https://mcp.example.com.');
    } else if (servers.includes(address)) {
      setProblem('This server is in the list already.');
    } else {
      setProblem(null);
      setting.save([...servers, address]);
      setText('');
    }
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
        <ul className={classes.servers} aria-label="Resource servers">
          {servers.map((server) => (
            <li key={server} className={classes.server}>
              <Text ff="monospace" size="sm" className={classes.address ?? ''}>
                {server}
              </Text>
              {!fixed && (
                <Tooltip label={`Remove ${server}`}>
                  <ActionIcon
                    variant="subtle"
                    color="gray"
                    aria-label={`Remove ${server}`}
                    onClick={() => setting.save(servers.filter((one) => one !== server))}
                  >
                    <IconTrash size={17} aria-hidden />
                  </ActionIcon>
                </Tooltip>
              )}
            </li>
          ))}
        </ul>
      )}
      {!fixed && (
        <form onSubmit={add} noValidate>
          <Group align="flex-end" gap="xs">
            <TextInput
              label="Address of a server"
              placeholder="http://127.0.0.1:7000/mcp"
              value={text}
              onChange={(event) => {
                setText(event.currentTarget.value);
                setProblem(null);
              }}
              error={complaint !== null}
              aria-describedby={id}
              inputMode="url"
              autoComplete="off"
              spellCheck={false}
              maxLength={2048}
              flex="1 1 14rem"
            />
            <Button type="submit" variant="default" loading={setting.pending}>
              Add
            </Button>
          </Group>
          <Text id={id} size="sm" c="var(--tone-bad)" mt={4} role="alert">
            {complaint}
          </Text>
        </form>
      )}
      <Group gap="xs" mt={6} role="status">
        {setting.saved && <StateMark word="Saved" shape="check" tone="good" size={16} />}
        {setting.undo && (
          <Anchor component="button" type="button" size="sm" underline="always" onClick={setting.undo}>
            Undo
          </Anchor>
        )}
      </Group>
    </Section>
  );
}
