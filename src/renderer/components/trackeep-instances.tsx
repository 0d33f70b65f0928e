import { Stack, Switch, Text } from '@mantine/core';
import { useId, useState } from 'react';
import { canonicalOrigin } from '../../shared/origins.ts';
import type { SettingsView, TrackeepInstance } from '../../shared/settings-views.ts';
import classes from './address-list.module.css';
import { AddAddress, LastChange, RemoveAddress } from './address-list.tsx';
import { ConfirmDialog } from './confirm-dialog.tsx';
import { Section } from './page.tsx';
import { useSetting } from './use-setting.ts';

/** The person's own Trackeep instances: where sign-ins may lead back to, and which of them get the GitHub token. */
export function TrackeepInstances({ settings }: { settings: SettingsView }) {
  const setting = useSetting(settings, 'trackeepInstances');
  const instances = settings.trackeepInstances;
  const [asking, setAsking] = useState(false);
  /** Which one it is asked about; kept while the dialog fades out. */
  const [asked, setAsked] = useState('');

  const add = (text: string): string | null => {
    const origin = canonicalOrigin(text);
    if (origin === null) {
      return 'Enter scheme and host alone, such as https://keep.example.com or http://localhost:5173. Plain http is for this machine only.';
    }
    if (instances.some((one) => one.origin === origin)) return 'This instance is in the list already.';
    setting.save([...instances, { origin, passGitHubToken: false }]);
    return null;
  };
  const pass = (origin: string, passGitHubToken: boolean) =>
    setting.save(instances.map((one) => (one.origin === origin ? { origin, passGitHubToken } : one)));

  return (
    <Section
      title="Trackeep instances"
      description={
        <>
          Your own Trackeep, where a sign-in may lead back to, beside the one that <code>FRONTEND_URL</code> names.
        </>
      }
    >
      {instances.length > 0 && (
        <ul className={classes.list} aria-label="Trackeep instances">
          {instances.map((instance) => (
            <Row
              key={instance.origin}
              instance={instance}
              onRemove={() => setting.save(instances.filter(({ origin }) => origin !== instance.origin))}
              onPass={(wanted) => {
                if (!wanted) return pass(instance.origin, false);
                setAsked(instance.origin);
                setAsking(true);
              }}
            />
          ))}
        </ul>
      )}
      <AddAddress label="Address of a Trackeep" placeholder="https://keep.example.com" setting={setting} onAdd={add} />
      <LastChange setting={setting} />
      <ConfirmDialog
        opened={asking}
        onClose={() => setAsking(false)}
        title="Give it your GitHub token?"
        keep="Keep the token here"
        act="Give it the token"
        onConfirm={() => {
          pass(asked, true);
          setAsking(false);
        }}
        pending={setting.pending}
        error={null}
      >
        <Consequences origin={asked} />
      </ConfirmDialog>
    </Section>
  );
}

function Row({
  instance: { origin, passGitHubToken },
  onRemove,
  onPass,
}: {
  instance: TrackeepInstance;
  onRemove: () => void;
  onPass: (wanted: boolean) => void;
}) {
  const id = useId();
  return (
    <li className={classes.row}>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset would bring its frame and a legend for one switch */}
      <div role="group" aria-labelledby={id}>
        <div className={classes.line}>
          <Text id={id} ff="monospace" size="sm" className={classes.address ?? ''}>
            {origin}
          </Text>
          <RemoveAddress address={origin} onRemove={onRemove} />
        </div>
        <Switch
          mb="xs"
          label="Give it the GitHub token itself"
          description={
            passGitHubToken
              ? 'It can act at GitHub in your name, with or without you.'
              : 'It gets a reference that only Trackeep Tray can use.'
          }
          checked={passGitHubToken}
          onChange={(event) => onPass(event.currentTarget.checked)}
        />
      </div>
    </li>
  );
}

function Consequences({ origin }: { origin: string }) {
  return (
    <Stack gap="sm" style={{ overflowWrap: 'anywhere' }}>
      <Text>
        At every sign-in <b>{origin}</b> then gets a GitHub token that works. Whoever runs it, or reads its data, can do
        at GitHub in your name all that your account lets Trackeep Tray do, until the token ends.
      </Text>
      <Text>The token is part of the address that your browser opens, and may stay in its history.</Text>
      <Text>
        Signing in and looking for updates work without it. Switching it off later takes no token back: for that, end
        the access at GitHub.
      </Text>
    </Stack>
  );
}
