import { Button, Group, Skeleton, Stack, Text, VisuallyHidden } from '@mantine/core';
import { useState } from 'react';
import type { ExportView } from '../../../shared/connection-views.ts';
import { useCommand, useView } from '../../data/app-link.tsx';
import { accountInFull, exportPlace } from '../../words/connections.ts';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { Section } from '../page.tsx';
import { Time } from '../time.tsx';
import classes from './handed-out.module.css';

/** The tokens that are kept current in a file or in the GitHub CLI. */
export function ExportsSection() {
  const exports = useView('exports.list');
  const connections = useView('connections.list').data ?? [];
  const remove = useCommand('exports.remove');
  const [leaving, setLeaving] = useState<ExportView | null>(null);
  const [asked, setAsked] = useState(false);
  const [said, setSaid] = useState('');

  const accountOf = ({ connectionId }: ExportView) => {
    const connection = connections.find(({ id }) => id === connectionId);
    return connection ? accountInFull(connection) : 'an account';
  };
  const close = () => {
    remove.reset();
    setAsked(false);
  };
  const run = () => {
    if (leaving === null) return;
    const { connectionId, to } = leaving;
    remove.mutate(
      { connectionId, to },
      {
        onSuccess: () => {
          close();
          setSaid(`No longer kept in ${exportPlace(leaving)}`);
        },
      },
    );
  };
  return (
    <Section
      title="Kept outside the vault"
      description="Tokens written to a file or to the GitHub CLI, and anew whenever they change."
    >
      <VisuallyHidden role="status">{said}</VisuallyHidden>
      {exports.error && !exports.data ? (
        <ErrorNotice error={exports.error.view} onRetry={() => void exports.refetch()} retrying={exports.isFetching} />
      ) : !exports.data ? (
        <Skeleton height={24} />
      ) : exports.data.length === 0 ? (
        <Text size="sm" c="dimmed">
          None. For a tool that cannot ask for a token, run <code>trackeep export</code>.
        </Text>
      ) : (
        <ul className={classes.rows}>
          {exports.data.map((one) => (
            <li key={`${one.connectionId} ${one.to}`} className={classes.row}>
              <Stack gap="xs">
                <Group justify="space-between" gap="sm">
                  <div className={classes.words}>
                    <Text fw={500}>{one.path ?? 'GitHub CLI'}</Text>
                    <Text size="sm" c="dimmed" component="div">
                      {accountOf(one)},{' '}
                      {one.writtenAt === null ? (
                        'not written yet'
                      ) : (
                        <>
                          written <Time iso={one.writtenAt} />
                        </>
                      )}
                    </Text>
                  </div>
                  <Button
                    variant="default"
                    size="xs"
                    c="var(--tone-bad)"
                    onClick={() => {
                      setLeaving(one);
                      setAsked(true);
                    }}
                  >
                    Remove…
                  </Button>
                </Group>
                {one.problem && (
                  <ErrorNotice
                    error={one.problem}
                    onRetry={() => void exports.refetch()}
                    retrying={exports.isFetching}
                  />
                )}
              </Stack>
            </li>
          ))}
        </ul>
      )}
      <ConfirmDialog
        opened={asked}
        onClose={close}
        title="Remove this copy?"
        keep="Keep it"
        act="Remove"
        onConfirm={run}
        pending={remove.isPending}
        error={remove.error}
      >
        {leaving && <Loss kept={leaving} account={accountOf(leaving)} />}
      </ConfirmDialog>
    </Section>
  );
}

function Loss({ kept, account }: { kept: ExportView; account: string }) {
  return (
    <Text style={{ overflowWrap: 'anywhere' }}>
      {kept.path === null ? (
        <>
          The GitHub CLI is signed out of <b>{account}</b>.
        </>
      ) : (
        <>
          The token of <b>{account}</b> is deleted from <b>{kept.path}</b>. Tools that read it there stop working.
        </>
      )}{' '}
      The account stays connected.
    </Text>
  );
}
