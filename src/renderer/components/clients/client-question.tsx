import { List, Stack, Text } from '@mantine/core';
import type { ClientView, GrantView } from '../../../shared/client-views.ts';
import { useCommand } from '../../data/app-link.tsx';
import { programs, spokenName } from '../../words/clients.ts';
import { ClientName } from '../client-name.tsx';
import { ConfirmDialog } from '../confirm-dialog.tsx';
import { ResourceName } from '../resource-name.tsx';
import { ScopeList } from '../scope-list.tsx';

/** What the person is about to take away. */
export type Taking =
  | { what: 'grant'; client: ClientView; grant: GrantView }
  | { what: 'client'; client: ClientView }
  | { what: 'registration'; client: ClientView }
  | { what: 'everything'; clients: ClientView[] };

/**
 * Asks before access is taken away, naming what stops working.
 *
 * @param taking null before the first question; kept by the page, since its card goes while the dialog still closes
 * @param onTaken is called with what came of it, in words
 */
export function ClientQuestion({
  opened,
  taking,
  onClose,
  onTaken,
}: {
  opened: boolean;
  taking: Taking | null;
  onClose: () => void;
  onTaken: (words: string) => void;
}) {
  const revoke = useCommand('clients.revoke');
  const revokeAll = useCommand('clients.revokeAll');
  const remove = useCommand('clients.remove');

  const done = (words: string) => () => {
    onClose();
    onTaken(words);
  };
  const run = () => {
    switch (taking?.what) {
      case 'grant':
        return revoke.mutate(
          { id: taking.client.id, grantId: taking.grant.id },
          { onSuccess: done(`Access of ${spokenName(taking.client)} revoked`) },
        );
      case 'client':
        return revoke.mutate(
          { id: taking.client.id },
          { onSuccess: done(`All access of ${spokenName(taking.client)} revoked`) },
        );
      case 'registration':
        return remove.mutate({ id: taking.client.id }, { onSuccess: done(`${spokenName(taking.client)} removed`) });
      case 'everything':
        return revokeAll.mutate({}, { onSuccess: done('All access revoked') });
    }
  };
  const what = taking?.what ?? 'grant';
  const command = { grant: revoke, client: revoke, registration: remove, everything: revokeAll }[what];
  const close = () => {
    command.reset();
    onClose();
  };
  return (
    <ConfirmDialog
      opened={opened}
      onClose={close}
      {...WORDS[what]}
      onConfirm={run}
      pending={command.isPending}
      error={command.error}
    >
      {taking && <Loss taking={taking} />}
    </ConfirmDialog>
  );
}

const WORDS: Record<Taking['what'], { title: string; keep: string; act: string }> = {
  grant: { title: 'Revoke this access?', keep: 'Keep it', act: 'Revoke' },
  client: { title: 'Revoke all of its access?', keep: 'Keep it', act: 'Revoke all' },
  registration: { title: 'Remove this program?', keep: 'Keep it', act: 'Remove' },
  everything: { title: 'Revoke all access?', keep: 'Keep everything', act: 'Revoke everything' },
};

function Loss({ taking }: { taking: Taking }) {
  if (taking.what === 'everything') return <LossOfEverything clients={taking.clients} />;
  const { client } = taking;
  const lost = taking.what === 'grant' ? [taking.grant] : client.grants;
  return (
    <Stack gap="sm" style={{ overflowWrap: 'anywhere' }}>
      {lost.length > 0 && (
        <Text>
          <b>
            <ClientName client={client} />
          </b>{' '}
          can no longer
        </Text>
      )}
      {lost.map((grant) => (
        <div key={grant.id}>
          <ScopeList scopes={grant.scopes} />
          <Text component="div" size="sm" c="dimmed" mt={4}>
            at <ResourceName resource={grant.resource} />
          </Text>
        </div>
      ))}
      <Text>
        {taking.what === 'registration' ? (
          <>
            {lost.length === 0 && (
              <>
                <b>
                  <ClientName client={client} />
                </b>{' '}
                has no access.{' '}
              </>
            )}
            It is forgotten: to come back, it has to register and ask you anew.
          </>
        ) : (
          'Its tokens stop working at once. To get access again, it has to ask you.'
        )}
      </Text>
    </Stack>
  );
}

function LossOfEverything({ clients }: { clients: ClientView[] }) {
  const allowed = clients.filter(({ grants }) => grants.length > 0);
  return (
    <Stack gap="sm" style={{ overflowWrap: 'anywhere' }}>
      <Text>
        {programs(allowed.length)} {allowed.length === 1 ? 'loses' : 'lose'} all access, at once:
      </Text>
      <List spacing={4}>
        {allowed.map((client) => (
          <List.Item key={client.id}>
            <ClientName client={client} />
          </List.Item>
        ))}
      </List>
      <Text>To get it again, each has to ask you. Your own connections stay as they are.</Text>
    </Stack>
  );
}
