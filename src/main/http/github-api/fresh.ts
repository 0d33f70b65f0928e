import { z } from 'zod';
import type { Call, GitHubApiParts } from './call.ts';

/** Whether GitHub is to be asked before the answer. */
export const Fresh = {
  fresh: z
    .enum(['0', '1', 'false', 'true'])
    .default('0')
    .transform((word) => word === '1' || word === 'true'),
};

/** The first sync of a large account takes longer than anybody waits; the answer says how old it is. */
const LONGEST_WAIT_MS = 20_000;

/**
 * Asks GitHub first, where that is wanted, and waits for what it says; no longer than the caller does, and not for ever.
 *
 * @param repositoryId null: about everything
 * @throws AppError as `Tracking.fresh` says
 */
export async function askFirst(
  { tracking, clock }: Pick<GitHubApiParts, 'tracking' | 'clock'>,
  { response }: Pick<Call, 'response'>,
  wanted: boolean,
  repositoryId: number | null,
): Promise<void> {
  if (!wanted) return;
  const { promise: over, resolve: giveUp } = Promise.withResolvers<void>();
  const timer = clock.after(LONGEST_WAIT_MS, giveUp);
  response.once('close', giveUp);
  try {
    await Promise.race([over, repositoryId === null ? tracking.freshAll() : tracking.fresh(repositoryId)]);
  } finally {
    timer.cancel();
    response.off('close', giveUp);
  }
}
