import { Button, Group, Loader, Stack, Text, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { GitHubAppView } from '../../../shared/connection-views.ts';
import { useCommand, useView } from '../../data/app-link.tsx';
import { Dialog } from '../dialog.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { ExternalButton } from '../external-link.tsx';
import { StateShape } from '../state-mark.tsx';
import { takeFocus } from '../take-focus.ts';

/** GitHub's manifest flow: a name here, the person's word at GitHub, and the app with its keys comes back by itself. */
export function CreateAppDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Create a GitHub App">
      <Steps onClose={onClose} />
    </Dialog>
  );
}

function Steps({ onClose }: { onClose: () => void }) {
  const apps = useView('githubApps.list').data ?? [];
  const create = useCommand('githubApps.create');
  const [name, setName] = useState('Trackeep Tray');
  const [organisation, setOrganisation] = useState('');
  const [known, setKnown] = useState<ReadonlySet<string>>(new Set());

  const begin = () => {
    setKnown(new Set(apps.map(({ id }) => id)));
    create.mutate({ name, organisation: organisation.trim() === '' ? null : organisation });
  };
  if (create.data) {
    const made = apps.find(({ id }) => !known.has(id));
    if (made) return <Made app={made} onClose={onClose} />;
    return <Confirm url={create.data.url} onAgain={create.reset} onClose={onClose} />;
  }
  const submit = (event: FormEvent) => {
    event.preventDefault();
    begin();
  };
  return (
    <form onSubmit={submit}>
      <Stack>
        <TextInput
          label="Name"
          description="Any that no other app at GitHub has."
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
          required
          withAsterisk={false}
          maxLength={34}
          autoComplete="off"
          data-autofocus
        />
        <TextInput
          label="Organisation (optional)"
          description="The one that shall own it. Left empty, the app is yours."
          value={organisation}
          onChange={(event) => setOrganisation(event.currentTarget.value)}
          maxLength={39}
          autoComplete="off"
          spellCheck={false}
        />
        <Text size="sm" c="dimmed">
          It may read contents, issues and pull requests of the repositories that you choose. You can change that at
          GitHub.
        </Text>
        {create.error && (
          <ErrorNotice error={create.error.view} onRetry={begin} onLeave={onClose} retrying={create.isPending} />
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={create.isPending}>
            Go on
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Confirm({ url, onAgain, onClose }: { url: string; onAgain: () => void; onClose: () => void }) {
  return (
    <Stack>
      <Text>
        GitHub shows you what the app may do and asks you to confirm. Its keys then come straight into the vault; this
        dialog notices by itself.
      </Text>
      <Group grow>
        <ExternalButton href={url} primary takesFocus>
          Go on at GitHub
        </ExternalButton>
      </Group>
      <Group justify="space-between">
        <Group gap="xs" role="status">
          <Loader size={14} aria-hidden />
          <Text size="sm">Waiting for you at GitHub…</Text>
        </Group>
        <Group gap="xs">
          <Button variant="default" onClick={onAgain}>
            Change the name
          </Button>
          <Button variant="default" onClick={onClose}>
            Close
          </Button>
        </Group>
      </Group>
    </Stack>
  );
}

function Made({ app, onClose }: { app: GitHubAppView; onClose: () => void }) {
  return (
    <Stack>
      <Group gap="sm" wrap="nowrap" align="flex-start" role="status">
        <StateShape shape="check" tone="good" size={22} />
        <Text>
          <b>{app.name}</b> is yours, and its keys are in the vault. Install it where it shall work, and choose its
          repositories there.
        </Text>
      </Group>
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose} ref={takeFocus}>
          Done
        </Button>
        <ExternalButton href={app.installUrl} primary>
          Install it at GitHub
        </ExternalButton>
      </Group>
    </Stack>
  );
}
