import { Button, EmptyState, Group, NativeSelect, Skeleton, Stack, Text } from '@mantine/core';
import { IconKey } from '@tabler/icons-react';
import { useId, useState } from 'react';
import type { AuditView } from '../../../shared/views.ts';
import { useAudit } from '../../data/app-link.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { Section } from '../page.tsx';
import { PageLink } from '../page-link.tsx';
import { AuditRow } from './audit-row.tsx';
import classes from './handed-out.module.css';

/** The log of tokens handed out, the newest first, as far back as the person wants to look. */
export function AuditSection() {
  const audit = useAudit();
  const [account, setAccount] = useState('');
  const id = useId();

  const rows = audit.data?.pages.flat();
  const shown = rows?.filter((row) => account === '' || row.account === account);
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
      ) : !rows || !shown ? (
        <Skeleton height={320} />
      ) : rows.length === 0 ? (
        <NothingYet />
      ) : (
        <Stack>
          <NativeSelect
            label="Account"
            value={account}
            onChange={(event) => setAccount(event.currentTarget.value)}
            data={[{ value: '', label: 'All accounts' }, ...accountsIn(rows, account)]}
            maw="22rem"
          />
          {shown.length > 0 && (
            <ul className={classes.rows} aria-labelledby={id}>
              {shown.map((row) => (
                <AuditRow key={row.number} row={row} />
              ))}
            </ul>
          )}
          <Group justify="space-between" gap="sm">
            <Text size="sm" c="dimmed" role="status" id={id}>
              {tally(shown.length, rows.length, { filtered: account !== '', all: !audit.hasNextPage })}
            </Text>
            {audit.hasNextPage && (
              <Button variant="default" loading={audit.isFetchingNextPage} onClick={() => void audit.fetchNextPage()}>
                Show older ones
              </Button>
            )}
          </Group>
          {audit.isFetchNextPageError && (
            <ErrorNotice
              error={audit.error.view}
              onRetry={() => void audit.fetchNextPage()}
              retrying={audit.isFetchingNextPage}
            />
          )}
        </Stack>
      )}
    </Section>
  );
}

/** The accounts that the rows name, and the chosen one even when none does. */
function accountsIn(rows: AuditView[], chosen: string): string[] {
  const named = new Set(rows.map(({ account }) => account));
  if (chosen !== '') named.add(chosen);
  return [...named].sort((a, b) => a.localeCompare(b));
}

/** What is shown of what was looked through: an account's rows may lie further back. */
function tally(shown: number, read: number, { filtered, all }: { filtered: boolean; all: boolean }): string {
  const range = all ? `all ${read}` : `the newest ${read}`;
  if (filtered) return `${shown} of ${range}`;
  return all ? `${read} in all` : `The newest ${read}`;
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
