import { Button, Group, Text } from '@mantine/core';
import { useId } from 'react';
import type { AuditView } from '../../../shared/connection-views.ts';
import type { useAudit } from '../../data/app-link.tsx';
import { ErrorNotice } from '../error-notice.tsx';
import { AuditRow } from './audit-row.tsx';
import classes from './handed-out.module.css';

/**
 * Rows of the log, how many there are, and the way to older ones.
 *
 * @param outOf how many were looked through for these, where that was done here
 */
export function AuditRows({
  audit,
  rows,
  outOf = null,
}: {
  audit: ReturnType<typeof useAudit>;
  rows: AuditView[];
  outOf?: number | null;
}) {
  const id = useId();
  return (
    <>
      {rows.length > 0 && (
        <ul className={classes.rows} aria-labelledby={id}>
          {rows.map((row) => (
            <AuditRow key={row.number} row={row} />
          ))}
        </ul>
      )}
      <Group justify="space-between" gap="sm">
        <Text size="sm" c="dimmed" role="status" id={id}>
          {tally(rows.length, outOf, !audit.hasNextPage)}
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
    </>
  );
}

/** What is shown of what was looked through: rows of a name may lie further back. */
function tally(shown: number, outOf: number | null, all: boolean): string {
  if (outOf !== null) return `${shown} of ${all ? 'all' : 'the newest'} ${outOf}`;
  if (shown === 0) return 'No token of this account was handed out yet';
  return all ? `${shown} in all` : `The newest ${shown}`;
}
