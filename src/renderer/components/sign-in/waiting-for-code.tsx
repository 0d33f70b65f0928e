import { Group, Stack, Text, VisuallyHidden } from '@mantine/core';
import { CopyButton } from '../copy.tsx';
import { ExternalButton } from '../external-link.tsx';
import classes from './sign-in-dialog.module.css';
import { WaitingFoot, type WaitingProps } from './waiting.tsx';

/** Device flow (RFC 8628): the code to type, and where. */
export function WaitingForCode(props: WaitingProps) {
  const { flow, name } = props;
  const code = flow.userCode ?? '';
  return (
    <Stack justify="space-between">
      <Stack gap="sm">
        <Text>Open {name}&rsquo;s page, sign in there, and type this code:</Text>
        <div className={classes.code} data-code={code}>
          <span aria-hidden="true">{code}</span>
          <VisuallyHidden>{[...code].join(' ')}</VisuallyHidden>
        </div>
        <Group grow>
          <CopyButton value={code} label="Copy code" />
          {flow.verificationUri !== null && (
            <ExternalButton href={flow.verificationUri} primary autoFocus>
              Open {name}
            </ExternalButton>
          )}
        </Group>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          The page is {flow.verificationUri}. Type the code only there, and only if you began this yourself.
        </Text>
      </Stack>
      <WaitingFoot {...props} />
    </Stack>
  );
}
