import { Button, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useCommand, useDoor } from '../data/app-link.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { Section } from './page.tsx';
import { StateMark } from './state-mark.tsx';

/** New keys for signing the tokens that programs get. */
export function SigningKeys() {
  const { door } = useDoor();
  return (
    <Section
      title="Signing keys"
      description="Tokens for programs are signed with them. They change by themselves from time to time."
    >
      {door === 'window' ? (
        <RotateSigningKeys />
      ) : (
        <Text size="sm" c="dimmed">
          For new signing keys now, run <code>trackeep clients rotate-keys</code>.
        </Text>
      )}
    </Section>
  );
}

function RotateSigningKeys() {
  const rotate = useCommand('clients.rotateKeys');
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Group gap="sm">
        <Button variant="default" onClick={() => setAsking(true)}>
          Make new signing keys…
        </Button>
        <div role="status">{rotate.data && <StateMark word="New keys in use" shape="check" tone="good" />}</div>
      </Group>
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title="Make new signing keys?"
        keep="Keep the keys"
        act="Make new keys"
        destructive={false}
        onConfirm={() => rotate.mutate({}, { onSuccess: () => setAsking(false) })}
        pending={rotate.isPending}
        error={rotate.error}
      >
        <Text>
          New tokens are signed with the new keys from now on. Tokens that programs hold stay good until they end. A
          server of yours that keeps the old public keys has to fetch them anew.
        </Text>
      </ConfirmDialog>
    </>
  );
}
