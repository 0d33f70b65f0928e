import { Button, Group, Skeleton, Stack, Text } from '@mantine/core';
import type { FlowState, FlowView, Platform, SignInWay } from '../../../shared/connection-views.ts';
import type { ErrorView } from '../../../shared/errors.ts';
import { PROVIDER_NAMES, type Shape, type Tone } from '../../words/states.ts';
import { Dialog } from '../dialog.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { StateShape } from '../state-mark.tsx';
import { takeFocus } from '../take-focus.ts';
import classes from './sign-in-dialog.module.css';
import { WaitingForBrowser } from './waiting-for-browser.tsx';
import { WaitingForCode } from './waiting-for-code.tsx';

interface SignInDialogProps {
  opened: boolean;
  /** Hides the dialog; a sign-in that waits goes on waiting. */
  onClose: () => void;
  platform: Platform;
  way: SignInWay;
  /** Null while it is being begun, or when that failed. */
  flow: FlowView | null;
  error: ErrorView | null;
  cancelling: boolean;
  onCancel: () => void;
  onStartAgain: () => void;
}

/** One sign-in from its first moment to its end, each end in words of its own. */
export function SignInDialog(props: SignInDialogProps) {
  const name = PROVIDER_NAMES[props.platform];
  return (
    <Dialog opened={props.opened} onClose={props.onClose} title={`Connect ${name}`}>
      <div className={classes.body}>
        <Content {...props} name={name} />
      </div>
    </Dialog>
  );
}

function Content({ flow, error, name, ...act }: SignInDialogProps & { name: string }) {
  if (!flow) {
    return error ? <NotBegun error={error} {...act} /> : <Beginning name={name} way={act.way} />;
  }
  if (flow.state !== 'waiting') return <Ended flow={flow} state={flow.state} name={name} {...act} />;
  const Waiting = flow.way === 'device' ? WaitingForCode : WaitingForBrowser;
  return <Waiting flow={flow} name={name} cancelling={act.cancelling} onCancel={act.onCancel} />;
}

function Beginning({ name, way }: { name: string; way: SignInWay }) {
  return (
    <Stack aria-busy="true">
      <Text role="status">{way === 'device' ? `Asking ${name} for a code…` : `Making the way to ${name}…`}</Text>
      <Skeleton height={72} />
      <Skeleton height={36} />
    </Stack>
  );
}

function NotBegun({
  error,
  platform,
  onClose,
  onStartAgain,
}: Pick<SignInDialogProps, 'platform' | 'onClose' | 'onStartAgain'> & { error: ErrorView }) {
  return (
    <Stack justify="space-between" className={classes.fill ?? ''}>
      <ErrorNotice error={error} platform={platform} onRetry={onStartAgain} onLeave={onClose} />
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>
          Close
        </Button>
      </Group>
    </Stack>
  );
}

type End = Exclude<FlowState, 'waiting'>;

const ENDS: Record<End, { shape: Shape; tone: Tone; title(flow: FlowView, name: string): string; text: string }> = {
  connected: {
    shape: 'check',
    tone: 'good',
    title: (flow, name) => (flow.login ? `Connected as ${flow.login}` : `${name} is connected`),
    text: 'The token is in the vault. Trackeep Tray keeps it fresh from now on.',
  },
  denied: {
    shape: 'triangle',
    tone: 'warning',
    title: (_, name) => `You declined at ${name}`,
    text: 'Nothing was connected and nothing was stored.',
  },
  expired: {
    shape: 'pause',
    tone: 'waiting',
    title: ({ way }) => (way === 'device' ? 'The code has expired' : 'The time is over'),
    text: 'The sign-in was not finished in time. A fresh one takes a moment.',
  },
  cancelled: {
    shape: 'dot',
    tone: 'waiting',
    title: () => 'Sign-in cancelled',
    text: 'Nothing was connected. Start again whenever you like.',
  },
  failed: {
    shape: 'triangle',
    tone: 'bad',
    title: () => 'The sign-in did not work',
    text: 'Nothing was stored.',
  },
};

function Ended({
  flow,
  state,
  name,
  onClose,
  onStartAgain,
}: Pick<SignInDialogProps, 'onClose' | 'onStartAgain'> & { flow: FlowView; state: End; name: string }) {
  const end = ENDS[state];
  const error = state === 'failed' ? flow.error : null;
  const remedyStartsAgain = error?.action === 'retry' || error?.action === 'connect';
  return (
    <Stack justify="space-between" className={classes.fill ?? ''}>
      <Stack align="center" gap="xs" pt="lg" role="status">
        <StateShape shape={end.shape} tone={end.tone} size={44} />
        <Text fw={600} size="lg" ta="center">
          {end.title(flow, name)}
        </Text>
        {error ? (
          <ErrorNotice error={error} platform={flow.platform} onRetry={onStartAgain} onLeave={onClose} />
        ) : (
          <Text c="dimmed" ta="center">
            {end.text}
          </Text>
        )}
      </Stack>
      <Group justify="flex-end">
        {state === 'connected' ? (
          <Button onClick={onClose} ref={takeFocus}>
            Done
          </Button>
        ) : (
          <>
            <Button variant="default" onClick={onClose} ref={takeFocus}>
              Close
            </Button>
            {!remedyStartsAgain && <Button onClick={onStartAgain}>Start again</Button>}
          </>
        )}
      </Group>
    </Stack>
  );
}
