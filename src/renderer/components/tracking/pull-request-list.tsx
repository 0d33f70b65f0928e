import { IconGitPullRequest } from '@tabler/icons-react';
import type { Input } from '../../../shared/contract.ts';
import { usePages } from '../../data/tracking.ts';
import { Paged } from './paged.tsx';
import { PullRequestRow } from './pull-request-row.tsx';
import { VirtualRows } from './virtual-rows.tsx';

/**
 * Pull requests, as far as the person reads.
 *
 * @param named whether each says which repository it is of
 * @param onClear shows all, where the person searched
 */
export function PullRequestList({
  question,
  label,
  named,
  empty,
  onClear,
}: {
  question: Omit<Input<'tracking.pullRequests'>, 'cursor' | 'limit'>;
  label: string;
  named: boolean;
  empty: { title: string; description: string };
  onClear: (() => void) | undefined;
}) {
  const pages = usePages('tracking.pullRequests', { ...question, limit: 50 });
  const icon = <IconGitPullRequest size={36} stroke={1.4} aria-hidden />;
  return (
    <Paged pages={pages} empty={{ icon, ...empty, onClear }} height={320}>
      {(pulls) => (
        <VirtualRows
          as="list"
          label={label}
          items={pulls}
          keyOf={({ repository, number }) => `${repository.id}#${number}`}
          estimate={92}
          onEnd={pages.readOn}
        >
          {(pull) => <PullRequestRow pull={pull} named={named} />}
        </VirtualRows>
      )}
    </Paged>
  );
}
