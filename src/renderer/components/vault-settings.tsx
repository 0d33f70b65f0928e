import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useCommand, useDoor, useView } from '../data/app-link.tsx';
import { KEY_SOURCES, VAULT_STATES } from '../words/states.ts';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { Fact, Facts } from './fact.tsx';
import { Section } from './page.tsx';
import { StateMark } from './state-mark.tsx';

/** What guards the tokens, and a new master key for whoever wants one. */
export function VaultSettings() {
  const vault = useView('status.get').data?.vault;
  const { door } = useDoor();
  if (!vault) return <Skeleton height={170} />;
  const source = KEY_SOURCES[vault.source];
  return (
    <Section title="Vault" description={source.sentence}>
      <Stack>
        <Facts>
          <Fact label="Key source">{source.name}</Fact>
          <Fact label="Backend">{vault.backend}</Fact>
          <Fact label="State">
            <StateMark {...VAULT_STATES[vault.state]} />
          </Fact>
        </Facts>
        {door === 'window' ? (
          <RotateKey disabled={vault.state !== 'open'} />
        ) : (
          <Text size="sm" c="dimmed">
            For a new master key run <code>trackeep doctor --rotate-key</code>.
          </Text>
        )}
      </Stack>
    </Section>
  );
}

function RotateKey({ disabled }: { disabled: boolean }) {
  const rotate = useCommand('vault.rotate');
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Group gap="sm">
        <Button variant="default" disabled={disabled} onClick={() => setAsking(true)}>
          Make a new master key…
        </Button>
        <div role="status">
          {rotate.data && (
            <StateMark
              word={`New key in use, ${rotate.data.records} ${rotate.data.records === 1 ? 'record' : 'records'} encrypted anew`}
              shape="check"
              tone="good"
            />
          )}
        </div>
      </Group>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title="Make a new master key?"
        keep="Keep the key"
        act="Make a new key"
        destructive={false}
        onConfirm={() => rotate.mutate({}, { onSuccess: () => setAsking(false) })}
        pending={rotate.isPending}
        error={rotate.error}
      >
        <Text>
          Everything in the vault is encrypted anew under it, in one step. The old key is lost: backups of the data
          folder made before can no longer be read.
        </Text>
      </ConfirmDialog>
    </>
  );
}
