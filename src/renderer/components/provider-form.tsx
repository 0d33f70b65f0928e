import { Button, Group, PasswordInput, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { ProviderView } from '../../shared/connection-views.ts';
import { useCommand } from '../data/app-link.tsx';
import { APP_WORDS } from '../words/apps.ts';
import { clientIdVariable } from '../words/connections.ts';
import { ErrorNotice } from './error-notice.tsx';
import { StateMark } from './state-mark.tsx';

/**
 * The person's own app at a provider: client ID, and a client secret where it is of use. The stored secret is never
 * shown; an empty field keeps it.
 *
 * @param onSaved is called when the app has taken it
 */
export function ProviderForm({
  provider,
  submitLabel,
  onSaved,
}: {
  provider: ProviderView;
  submitLabel: string;
  onSaved?: (provider: ProviderView) => void;
}) {
  const configure = useCommand('providers.configure');
  const [clientId, setClientId] = useState(provider.clientId ?? '');
  const [secret, setSecret] = useState('');
  const fixed = provider.configuredBy === 'environment';

  const save = (clientSecret: string | null | undefined) =>
    configure.mutate(
      { platform: provider.platform, clientId, ...(clientSecret === undefined ? {} : { clientSecret }) },
      {
        onSuccess: (saved) => {
          setSecret('');
          onSaved?.(saved);
        },
      },
    );

  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(secret.trim() === '' ? undefined : secret);
  };

  return (
    <form onSubmit={submit}>
      <Stack>
        {fixed && (
          <Text size="sm" c="dimmed">
            Set by the environment variable <code>{clientIdVariable(provider)}</code> for this run, so it cannot be
            changed here.
          </Text>
        )}
        <TextInput
          label="Client ID"
          description={APP_WORDS[provider.platform].clientId}
          value={clientId}
          onChange={(event) => setClientId(event.currentTarget.value)}
          required
          withAsterisk={false}
          maxLength={128}
          disabled={fixed}
          autoComplete="off"
          spellCheck={false}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
        />
        {provider.secret !== 'none' && (
          <PasswordInput
            label={provider.secret === 'required' ? 'Client secret' : 'Client secret (optional)'}
            description={
              provider.hasClientSecret
                ? 'One is stored in the vault. Leave this empty to keep it.'
                : APP_WORDS[provider.platform].secret
            }
            value={secret}
            onChange={(event) => setSecret(event.currentTarget.value)}
            required={provider.secret === 'required' && !provider.hasClientSecret}
            withAsterisk={false}
            maxLength={512}
            disabled={fixed}
            autoComplete="off"
          />
        )}
        {configure.error && (
          <ErrorNotice
            error={configure.error.view}
            platform={provider.platform}
            onRetry={() => save(secret.trim() === '' ? undefined : secret)}
            retrying={configure.isPending}
          />
        )}
        <Group gap="sm">
          <Button type="submit" loading={configure.isPending} disabled={fixed}>
            {submitLabel}
          </Button>
          {provider.hasClientSecret && provider.secret === 'optional' && !fixed && (
            <Button variant="default" onClick={() => save(null)} disabled={configure.isPending}>
              Forget the stored secret
            </Button>
          )}
          <div role="status">{configure.isSuccess && <StateMark word="Saved" shape="check" tone="good" />}</div>
        </Group>
      </Stack>
    </form>
  );
}
