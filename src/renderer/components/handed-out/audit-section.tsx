import { EmptyState, NativeSelect, Skeleton, Stack } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useState } from 'react';
import type { AuditView, ConnectionView } from '../../../shared/connection-views.ts';
import { useAudit, useView } from '../../data/app-link.tsx';
import { PROVIDER_NAMES } from '../../words/states.ts';
import { ErrorNotice } from '../error-notice.tsx';
import { Section } from '../page.tsx';
import { PageLink } from '../page-link.tsx';
import { AuditRows } from './audit-rows.tsx';

/** The log of tokens handed out, the newest first, as far back as the person wants to look. */
export function AuditSection() {
  const audit = useAudit();
  const rows = audit.data?.pages.flat();
  return (
    <Section
      bare
      title="The log"
      description={
        <>
          Nobody can change it unnoticed: <PageLink href="/doctor">Doctor</PageLink> checks it from end to end.
        </>
      }
    >
      {audit.error && !rows ? (
        <ErrorNotice error={audit.error.view} onRetry={() => void audit.refetch()} retrying={audit.isFetching} />
      ) : !rows ? (
        <Skeleton height={320} />
      ) : rows.length === 0 ? (
        <NothingYet />
      ) : (
        <Log audit={audit} rows={rows} />
      )}
    </Section>
  );
}

/** Whose rows are shown. `id` is a connection that the app can look for; without one there is the name in the row. */
interface Choice {
  id: string | null;
  label: string;
}

/** Nobody's rows in particular. */
const ALL = '';
const keyOf = ({ id, label }: Choice) => (id === null ? `name ${label}` : `id ${id}`);

function Log({ audit, rows }: { audit: ReturnType<typeof useAudit>; rows: AuditView[] }) {
  const connections = useView('connections.list').data;
  const [choice, setChoice] = useState<Choice | null>(null);

  const connected = (connections ?? []).map((connection) => ({ id: connection.id, label: inLog(connection) }));
  const others = connections === undefined ? [] : withoutConnection(rows, connections);
  const choices = [...connected, ...others];
  // The chosen one stays on the list, also when its account was let go just now.
  if (choice !== null && !choices.some((one) => keyOf(one) === keyOf(choice))) others.push(choice);
  return (
    <Stack>
      <NativeSelect
        label="Account"
        value={choice === null ? ALL : keyOf(choice)}
        onChange={({ currentTarget: { value } }) =>
          setChoice([...connected, ...others].find((one) => keyOf(one) === value) ?? null)
        }
        data={[
          { value: ALL, label: 'All accounts' },
          ...group('Connected', connected),
          ...group('Other names in the log', others),
        ]}
        maw="26rem"
      />
      {choice === null ? (
        <AuditRows audit={audit} rows={rows} />
      ) : choice.id === null ? (
        <AuditRows audit={audit} rows={rows.filter(isNamed(choice.label, connections ?? []))} outOf={rows.length} />
      ) : (
        <RowsOf key={choice.id} connectionId={choice.id} />
      )}
    </Stack>
  );
}

function RowsOf({ connectionId }: { connectionId: string }) {
  const audit = useAudit(connectionId);
  const rows = audit.data?.pages.flat();
  if (audit.error && !rows) {
    return <ErrorNotice error={audit.error.view} onRetry={() => void audit.refetch()} retrying={audit.isFetching} />;
  }
  return rows ? <AuditRows audit={audit} rows={rows} /> : <Skeleton height={320} />;
}

function group(title: string, choices: Choice[]) {
  if (choices.length === 0) return [];
  const items = choices
    .map((choice) => ({ value: keyOf(choice), label: choice.label }))
    .sort((a, b) => a.label.localeCompare(b.label));
  return [{ group: title, items }];
}

/** As the rows name it, with what tells it from all others. */
function inLog({ platform, kind, host, login, organisation }: ConnectionView): string {
  const place = organisation === null || organisation.name === login ? '' : ` at ${organisation.name}`;
  const app = kind === 'app_installation' ? ', app installation' : '';
  return `${PROVIDER_NAMES[platform]}, ${host}/${login}${place}${app}`;
}

/** Whether a row is of a name, and of no account that is still connected: those have their own place on the list. */
function isNamed(name: string, connections: ConnectionView[]): (row: AuditView) => boolean {
  return ({ account, connectionId }) => account === name && !connections.some(({ id }) => id === connectionId);
}

/** Accounts that are gone, or that had no id in the log yet: each by the name it had. */
function withoutConnection(rows: AuditView[], connections: ConnectionView[]): Choice[] {
  const names = new Set(rows.filter((row) => isNamed(row.account, connections)(row)).map(({ account }) => account));
  return [...names].map((label) => ({ id: null, label }));
}

function NothingYet() {
  return (
    <EmptyState
      icon={<IconKey size={36} stroke={1.4} aria-hidden />}
      title="No token was handed out yet"
      description="As soon as a program, git or the trackeep command gets one, it stands here: who it was, for which account, and until when."
      py="xl"
    />
  );
}
