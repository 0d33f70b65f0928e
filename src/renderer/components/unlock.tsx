import { Button, Group, PasswordInput, Stack, Text } from '@mantine/core';
import { createContext, type FormEvent, type ReactNode, useCallback, useContext, useMemo, useState } from 'react';
import { useCommand, useView } from '../data/app-link.tsx';
import { KEY_SOURCES } from '../words/states.ts';
import { Dialog } from './dialog.tsx';
import { StateShape } from './state-mark.tsx';

const UnlockContext = createContext<(() => void) | null>(null);

/** Opens the vault, asking for the passphrase where it is guarded by one. */
export function useUnlock(): () => void {
  const unlock = useContext(UnlockContext);
  if (!unlock) throw new Error('Pages stand inside <UnlockProvider>.');
  return unlock;
}

export function UnlockProvider({ children }: { children: ReactNode }) {
  const [asking, setAsking] = useState(false);
  const vault = useView('status.get').data?.vault;
  const command = useCommand('vault.unlock');
  const { mutate, reset } = command;

  const attempt = useCallback(
    (passphrase?: string) => {
      mutate(passphrase === undefined ? {} : { passphrase }, {
        onSuccess: (view) => {
          if (view.state === 'open') setAsking(false);
        },
      });
    },
    [mutate],
  );

  const needsPassphrase = vault?.source === 'passphrase';
  const unlock = useMemo(
    () => () => {
      reset();
      setAsking(true);
      if (!needsPassphrase) attempt();
    },
    [attempt, needsPassphrase, reset],
  );

  const problem = command.error?.view ?? (command.data?.state === 'open' ? null : command.data?.problem) ?? null;

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const passphrase = new FormData(event.currentTarget).get('passphrase');
    if (!needsPassphrase) attempt();
    else if (typeof passphrase === 'string' && passphrase !== '') attempt(passphrase);
  };

  return (
    <UnlockContext value={unlock}>
      {children}
      <Dialog opened={asking} onClose={() => setAsking(false)} title="Unlock the vault">
        <form onSubmit={submit}>
          <Stack>
            <Text>{vault ? KEY_SOURCES[vault.source].sentence : null}</Text>
            {needsPassphrase && (
              <PasswordInput
                name="passphrase"
                label="Passphrase"
                autoComplete="current-password"
                data-autofocus
                required
                withAsterisk={false}
              />
            )}
            <div aria-live="polite">
              {problem && (
                <Group gap="xs" wrap="nowrap" align="flex-start">
                  <StateShape shape="triangle" tone="warning" />
                  <Text size="sm">
                    {problem.message} {problem.remedy}
                  </Text>
                </Group>
              )}
            </div>
            <Group justify="flex-end">
              <Button variant="default" onClick={() => setAsking(false)}>
                Not now
              </Button>
              <Button type="submit" loading={command.isPending}>
                {needsPassphrase ? 'Unlock' : 'Try again'}
              </Button>
            </Group>
          </Stack>
        </form>
      </Dialog>
    </UnlockContext>
  );
}
