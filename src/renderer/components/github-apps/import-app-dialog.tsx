import { Button, FileInput, Group, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import type { GitHubAppView } from '../../../shared/connection-views.ts';
import type { CallError } from '../../client/client.ts';
import { useCommand } from '../../data/app-link.tsx';
import { Dialog } from '../dialog.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { ExternalButton } from '../external-link.tsx';
import { StateShape } from '../state-mark.tsx';
import { takeFocus } from '../take-focus.ts';

/** A private key is a few kB; what is larger is something else. */
const LARGEST_KEY_BYTES = 20_000;

/** Takes over an app that exists already. The key goes in and is never shown again, nor kept by this page. */
export function ImportAppDialog({ opened, onClose }: { opened: boolean; onClose: () => void }) {
  return (
    <Dialog opened={opened} onClose={onClose} title="Import a GitHub App">
      <Steps onClose={onClose} />
    </Dialog>
  );
}

function Steps({ onClose }: { onClose: () => void }) {
  const { mutate, reset, isPending } = useCommand('githubApps.import');
  const [appId, setAppId] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [pasted, setPasted] = useState('');
  const [fromFile, setFromFile] = useState(false);
  const [imported, setImported] = useState<GitHubAppView | null>(null);
  const [error, setError] = useState<CallError | null>(null);
  if (imported) return <Imported app={imported} fromFile={fromFile} onClose={onClose} />;

  const tooLarge = file !== null && file.size > LARGEST_KEY_BYTES;
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    const privateKey = file ? await file.text() : pasted;
    setFromFile(file !== null);
    setFile(null);
    setPasted('');
    setError(null);
    // The command remembers its input for as long as it is shown: it is made to forget the key with the answer.
    mutate({ appId, privateKey }, { onSuccess: setImported, onError: setError, onSettled: reset });
  };
  return (
    <form onSubmit={(event) => void submit(event)}>
      <Stack>
        <TextInput
          label="App ID"
          description="The number at the top of the app’s settings at GitHub."
          value={appId}
          onChange={(event) => setAppId(event.currentTarget.value.trim())}
          required
          withAsterisk={false}
          pattern="\d{1,20}"
          title="A number of up to 20 digits"
          inputMode="numeric"
          autoComplete="off"
          data-autofocus
        />
        <FileInput
          label="Private key, a .pem file"
          description="Made in the app’s settings, under “Private keys”."
          placeholder="Choose the file"
          accept=".pem,application/x-pem-file"
          value={file}
          onChange={setFile}
          error={tooLarge && 'This file is too large to be a private key.'}
          clearable
          clearButtonProps={{ 'aria-label': 'Choose no file' }}
        />
        {file === null && (
          <Textarea
            label="Or paste it"
            value={pasted}
            onChange={(event) => setPasted(event.currentTarget.value)}
            rows={4}
            maxLength={LARGEST_KEY_BYTES}
            placeholder="-----BEGIN RSA PRIVATE KEY-----"
            autoComplete="off"
            spellCheck={false}
            styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)' } }}
          />
        )}
        {error && (
          <Stack gap={4}>
            <ErrorNotice error={{ ...error.view, action: null }} onRetry={() => {}} />
            <Text size="sm" c="dimmed">
              The key is not kept here: choose or paste it again.
            </Text>
          </Stack>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={isPending} disabled={tooLarge || (file === null && pasted.trim() === '')}>
            Import
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

function Imported({ app, fromFile, onClose }: { app: GitHubAppView; fromFile: boolean; onClose: () => void }) {
  return (
    <Stack>
      <Group gap="sm" wrap="nowrap" align="flex-start" role="status">
        <StateShape shape="check" tone="good" size={22} />
        <div>
          <Text>
            <b>{app.name}</b> is imported, {places(app.connectionIds.length)}.
          </Text>
          <Text mt="xs">
            {fromFile ? 'Delete the file with the private key now' : 'Delete your copy of the private key now'}: the
            vault has it, and nothing else needs it.
          </Text>
        </div>
      </Group>
      <Group justify="flex-end">
        {app.connectionIds.length === 0 && <ExternalButton href={app.installUrl}>Install it at GitHub</ExternalButton>}
        <Button onClick={onClose} ref={takeFocus}>
          Done
        </Button>
      </Group>
    </Stack>
  );
}

function places(count: number): string {
  if (count === 0) return 'and installed nowhere yet';
  return count === 1 ? 'with 1 installation' : `with ${count} installations`;
}
