import { type ReactNode, useEffect, useMemo, useRef, useState } from 'react';
import { useLocation } from 'wouter';
import type { Platform, SignInWay } from '../../../shared/connection-views.ts';
import { useCommand, useFlow, useView } from '../../data/app-link.tsx';
import { type SignIn, SignInContext } from './sign-in-context.ts';
import { SignInDialog } from './sign-in-dialog.tsx';

/**
 * Holds the one sign-in dialog. After a reload it finds the sign-in that waits and opens again; one that was begun
 * elsewhere later (by the trackeep command, say) does not push itself in front, the Connections page offers it.
 */
export function SignInProvider({ children }: { children: ReactNode }) {
  const [opened, setOpened] = useState(false);
  const [flowId, setFlowId] = useState<string | null>(null);
  const [attempt, setAttempt] = useState<{ platform: Platform; way: SignInWay }>({ platform: 'github', way: 'device' });
  const [location, navigate] = useLocation();
  const begin = useCommand('connections.begin');
  const cancel = useCommand('connections.cancel');
  const providers = useView('providers.list').data;
  const waiting = useView('connections.flows').data;
  const flow = useFlow(flowId);

  const looked = useRef(false);
  useEffect(() => {
    if (!waiting || looked.current) return;
    looked.current = true;
    const latest = waiting.at(-1);
    if (!latest) return;
    setFlowId(latest.id);
    setAttempt({ platform: latest.platform, way: latest.way });
    setOpened(true);
  }, [waiting]);

  const { mutate: mutateBegin } = begin;
  const signIn = useMemo<SignIn>(
    () => ({
      start(platform, way) {
        const ways = providers?.find((provider) => provider.platform === platform)?.ways ?? [];
        const chosen = way ?? ways[0];
        if (chosen === undefined) {
          navigate(`/connections/setup/${platform}`);
          return;
        }
        setAttempt({ platform, way: chosen });
        setFlowId(null);
        setOpened(true);
        mutateBegin({ platform, way: chosen }, { onSuccess: ({ id }) => setFlowId(id) });
      },
      show(id) {
        setFlowId(id);
        setOpened(true);
      },
    }),
    [providers, navigate, mutateBegin],
  );

  const close = () => {
    setOpened(false);
    if (flow.data?.state === 'connected' && location === '/welcome') navigate('/status');
  };

  return (
    <SignInContext value={signIn}>
      {children}
      <SignInDialog
        opened={opened}
        onClose={close}
        platform={flow.data?.platform ?? attempt.platform}
        way={attempt.way}
        flow={flow.data ?? null}
        error={(flowId === null ? begin.error?.view : flow.error?.view) ?? null}
        cancelling={cancel.isPending}
        onCancel={() => flowId !== null && cancel.mutate({ id: flowId })}
        onStartAgain={() => signIn.start(attempt.platform, attempt.way)}
      />
    </SignInContext>
  );
}
