import { Group, Stack, Text } from '@mantine/core';
import { useDoor } from '../../data/app-link.tsx';
import { ExternalButton } from '../external-link.tsx';
import { WaitingFoot, type WaitingProps } from './waiting.tsx';

/** Web flow (RFC 8252): the provider's page is in the browser and sends the person back by itself. */
export function WaitingForBrowser(props: WaitingProps) {
  const { flow, name } = props;
  const inWindow = useDoor().door === 'window';
  return (
    <Stack justify="space-between">
      <Stack gap="sm">
        <Text>
          {inWindow
            ? `Your browser shows ${name}'s page. Approve there; this dialog notices by itself.`
            : `Go on at ${name} and approve there; this page notices by itself.`}
        </Text>
        {flow.authorizationUrl !== null && (
          <Group grow>
            <ExternalButton href={flow.authorizationUrl} primary={!inWindow}>
              {inWindow ? 'Open the page again' : `Go on at ${name}`}
            </ExternalButton>
          </Group>
        )}
      </Stack>
      <WaitingFoot {...props} />
    </Stack>
  );
}
