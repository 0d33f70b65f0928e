import type { PullRequestView } from '../../../shared/tracking-views.ts';

type WaitsFor = NonNullable<PullRequestView['waitsFor']>;

/** The most pressing first: others wait for a review, while one's own pull requests wait for oneself alone. */
export const BY_URGENCY: readonly WaitsFor[] = ['review', 'changes', 'conflicts', 'checks', 'merge'];

type Standing = Pick<PullRequestView, 'state' | 'draft' | 'author' | 'review' | 'reviewers' | 'checks' | 'mergeable'>;

/**
 * Why a pull request waits for the person; null: it does not.
 *
 * A team's review is nobody's in particular, and who is in a team is not known here: it counts for none.
 *
 * @param logins the person's, at the repository's host; GitHub takes them in any case
 */
export function waitsFor(pull: Standing, logins: readonly string[]): WaitsFor | null {
  const { state, draft, author, review, reviewers, checks, mergeable } = pull;
  if (state !== 'open') return null;
  const own = new Set(logins.map((login) => login.toLowerCase()));
  const isMine = author !== null && own.has(author.toLowerCase());
  if (!isMine) return reviewers.some((reviewer) => own.has(reviewer.toLowerCase())) ? 'review' : null;
  if (review === 'changes_requested') return 'changes';
  if (mergeable === 'conflicting') return 'conflicts';
  if (checks === 'failure') return 'checks';
  const green = checks === 'success' || checks === null;
  return !draft && green && review === 'approved' && mergeable === 'mergeable' ? 'merge' : null;
}
