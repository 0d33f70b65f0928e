import { Alert, Button, Group, Text } from '@mantine/core';
import { useLocation } from 'wouter';
import type { Platform } from '../../shared/connection-views.ts';
import type { ErrorView } from '../../shared/errors.ts';
import { PROVIDER_NAMES } from '../words/states.ts';
import { clockTime } from '../words/times.ts';
import { ExternalButton } from './external-link.tsx';
import { useSignIn } from './sign-in/sign-in-context.ts';
import { StateShape } from './state-mark.tsx';
import { useUnlock } from './unlock.tsx';
import { useNow } from './use-now.ts';

/**
 * What went wrong and what a person can do about it: the sentence, the remedy, and where there is one, its button.
 *
 * @param onRetry does again what failed
 * @param onLeave is called when the remedy leads to another page or dialog
 * @param platform the provider that connecting or setting up leads to
 * @param connect what brings the account back, where that is not a new sign-in
 */
export function ErrorNotice({
  error,
  onRetry,
  onLeave = () => {},
  retrying = false,
  platform = 'github',
  connect,
}: {
  error: ErrorView;
  onRetry: () => void;
  onLeave?: () => void;
  retrying?: boolean;
  platform?: Platform;
  connect?: Remedy;
}) {
  const now = useNow(30_000);
  return (
    <Alert
      variant="default"
      icon={<StateShape shape="triangle" tone="warning" size={20} />}
      title={error.message}
      role="alert"
    >
      <Text size="sm">{error.remedy}</Text>
      {error.retryAt !== null && Date.parse(error.retryAt) > now && (
        <Text size="sm" mt={4}>
          Not before {clockTime(error.retryAt, now)}.
        </Text>
      )}
      <RemedyButton {...{ error, onRetry, onLeave, retrying, platform, connect }} />
    </Alert>
  );
}

/** A way out, as a button. */
export interface Remedy {
  label: string;
  run: () => void;
}

function RemedyButton({
  error,
  onRetry,
  onLeave,
  retrying,
  platform,
  connect,
}: {
  error: ErrorView;
  onRetry: () => void;
  onLeave: () => void;
  retrying: boolean;
  platform: Platform;
  connect: Remedy | undefined;
}) {
  const [, navigate] = useLocation();
  const signIn = useSignIn();
  const unlock = useUnlock();
  if (error.action === null) return null;
  if (error.action === 'open_url') {
    if (error.url === null) return null;
    return (
      <Group mt="sm">
        <ExternalButton href={error.url}>Open the page</ExternalButton>
      </Group>
    );
  }
  const { label, run } = {
    retry: { label: 'Try again', run: onRetry },
    connect: connect ?? { label: 'Connect', run: () => signIn.start(platform) },
    configure_provider: {
      label: `Set up ${PROVIDER_NAMES[platform]}`,
      run: () => navigate(`/connections/setup/${platform}`),
    },
    unlock_vault: { label: 'Unlock', run: unlock },
    open_settings: { label: 'Open Settings', run: () => navigate('/settings') },
    open_doctor: { label: 'Open Doctor', run: () => navigate('/doctor') },
  }[error.action];
  return (
    <Group mt="sm">
      <Button
        variant="default"
        loading={retrying}
        onClick={() => {
          if (error.action !== 'retry') onLeave();
          run();
        }}
      >
        {label}
      </Button>
    </Group>
  );
}
