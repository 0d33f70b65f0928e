import { Button, Group, Paper, Text } from '@mantine/core';
import { useLinkState, useView } from '../data/app-link.tsx';
import { VAULT_STATES } from '../words/states.ts';
import classes from './banners.module.css';
import { StateShape } from './state-mark.tsx';
import { useUnlock } from './unlock.tsx';

/** Says that the app is gone, over the page rather than in it, so that nothing moves; it leaves by itself. */
export function LinkBanner() {
  const lost = useLinkState() === 'lost';
  return (
    <div role="status" className={classes.link}>
      {lost && (
        <Paper shadow="md" withBorder px="lg" py="sm" className={`${classes.body} ${classes.linkBody}`}>
          <Group gap="sm" wrap="nowrap">
            <StateShape shape="cut" tone="warning" size={20} />
            <div>
              <Text fw={600}>Trackeep Tray is not running</Text>
              <Text size="sm" c="dimmed">
                Start it with <code>trackeep serve</code>. This page goes on by itself.
              </Text>
            </div>
          </Group>
        </Paper>
      )}
    </div>
  );
}

/** Says on every page that the vault is closed, with the one thing to do about it. */
export function VaultBanner() {
  const vault = useView('status.get').data?.vault;
  const unlock = useUnlock();
  if (!vault || vault.state === 'open') return null;
  return (
    <Paper component="section" aria-label="Vault" withBorder p="md" mb="xl" className={classes.vault ?? ''}>
      <Group justify="space-between" gap="md">
        <Group gap="sm" wrap="nowrap" align="flex-start" className={classes.words ?? ''}>
          <StateShape {...VAULT_STATES[vault.state]} size={20} />
          <div>
            <Text fw={600}>{vault.problem?.message ?? 'The vault is closed.'}</Text>
            <Text size="sm" c="dimmed">
              {vault.problem?.remedy ?? 'Your tokens are safe; they are there again once it is open.'}
            </Text>
          </div>
        </Group>
        <Button variant="default" onClick={unlock}>
          Unlock
        </Button>
      </Group>
    </Paper>
  );
}
