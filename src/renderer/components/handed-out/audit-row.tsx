import { Group, Text } from '@mantine/core';
import type { AuditView } from '../../../shared/connection-views.ts';
import { permissionsInWords, requesterInWords } from '../../words/connections.ts';
import { PROVIDER_NAMES } from '../../words/states.ts';
import { Time } from '../time.tsx';
import { useNow } from '../use-now.ts';
import classes from './handed-out.module.css';

/** One token: who got it first, then which one it was, how far it reaches and until when. */
export function AuditRow({ row }: { row: AuditView }) {
  const { number, at, requester, platform, account } = row;
  return (
    <li className={classes.row}>
      <Group justify="space-between" align="baseline" gap="xs">
        <Text fw={500} className={classes.words ?? ''}>
          <bdi>{requesterInWords(requester)}</bdi>
        </Text>
        <Text size="sm" c="dimmed" component="div">
          <Time iso={at} />, no. {number}
        </Text>
      </Group>
      <Text size="sm">
        {PROVIDER_NAMES[platform]}, {account}
      </Text>
      <Text size="sm" c="dimmed" component="div">
        <Reach row={row} />, <End row={row} />
      </Text>
    </li>
  );
}

function Reach({ row: { narrowedTo } }: { row: AuditView }) {
  if (narrowedTo === null) return 'All that the account may do';
  const { repositories, permissions } = narrowedTo;
  const parts = [
    permissions === null ? null : `to ${permissionsInWords(permissions).join(', ')}`,
    repositories === null ? null : `in ${repositories.join(', ')}`,
  ];
  const words = parts.filter((part) => part !== null).join(' ');
  return `Only ${words || 'part of it'}`;
}

function End({ row: { expiresAt } }: { row: AuditView }) {
  const now = useNow(30_000);
  if (expiresAt === null) return 'without an end';
  return (
    <>
      {Date.parse(expiresAt) > now ? 'ends' : 'ended'} <Time iso={expiresAt} />
    </>
  );
}
