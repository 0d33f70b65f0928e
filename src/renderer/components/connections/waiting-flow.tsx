import { Button, Group, Text } from '@mantine/core';
import type { FlowView } from '../../../shared/connection-views.ts';
import { useCommand } from '../../data/app-link.tsx';
import { PROVIDER_NAMES, SIGN_IN_WAYS } from '../../words/states.ts';
import { Section } from '../page.tsx';
import { useSignIn } from '../sign-in/sign-in-context.ts';
import { Time } from '../time.tsx';

/** A sign-in that waits, whoever began it: a reload, another tab, or the trackeep command. */
export function WaitingFlow({ flow }: { flow: FlowView }) {
  const signIn = useSignIn();
  const cancel = useCommand('connections.cancel');
  return (
    <Section title={`A sign-in to ${PROVIDER_NAMES[flow.platform]} waits for you`}>
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed">
          Begun <Time iso={flow.startedAt} />, {SIGN_IN_WAYS[flow.way]}.
        </Text>
        <Group gap="xs">
          <Button variant="default" loading={cancel.isPending} onClick={() => cancel.mutate({ id: flow.id })}>
            Cancel sign-in
          </Button>
          <Button onClick={() => signIn.show(flow.id)}>{flow.way === 'device' ? 'Show the code' : 'Go on'}</Button>
        </Group>
      </Group>
    </Section>
  );
}
