import type { ApprovalState } from '../../shared/client-views.ts';
import { DAY_MS } from '../../shared/durations.ts';
import type { ErrorCode } from '../../shared/error-codes.ts';
import type { StateWords } from './states.ts';

/** For how long an approval may be remembered, ms; null: not at all, which is what stands there at first. */
export const REMEMBER: readonly { label: string; ms: number | null }[] = [
  { label: 'Only this once', ms: null },
  { label: '1 day', ms: DAY_MS },
  { label: '7 days', ms: 7 * DAY_MS },
  { label: '30 days', ms: 30 * DAY_MS },
];

/** How an approval came to its end, as far as this page knows. */
export type ApprovalEnd = 'approved' | 'denied' | 'numbers_wrong' | 'expired' | 'elsewhere';

/** The app drops a request that ran out a moment before or after this page's own clock says so, ms. */
const SAME_MOMENT_MS = 2_000;

/**
 * The end of an approval, or null while it waits.
 *
 * @param known.answered the state that the person's answer was answered with
 * @param known.refused the error that it met
 * @param known.lastTry whether that was the last number it bore
 * @param known.waits whether the app still has it among those that wait
 * @param known.leftMs until it runs out, ms
 */
export function approvalEnd(known: {
  answered: ApprovalState | null;
  refused: ErrorCode | null;
  lastTry: boolean;
  waits: boolean;
  leftMs: number;
}): ApprovalEnd | null {
  const { answered, refused, lastTry, waits, leftMs } = known;
  if (answered !== null && answered !== 'waiting') return answered;
  if (refused === 'number_wrong' && lastTry) return 'numbers_wrong';
  if (leftMs <= 0) return 'expired';
  if (waits && refused !== 'approval_over' && refused !== 'not_found') return null;
  return leftMs <= SAME_MOMENT_MS ? 'expired' : 'elsewhere';
}

export const APPROVAL_ENDS: Record<ApprovalEnd, Omit<StateWords, 'word'> & { title: string; text: string }> = {
  approved: {
    shape: 'check',
    tone: 'good',
    title: 'Allowed',
    text: 'The program goes on by itself. You can take this back at any time on the Clients page.',
  },
  denied: {
    shape: 'cross',
    tone: 'waiting',
    title: 'Denied',
    text: 'The program got nothing, and is told so.',
  },
  numbers_wrong: {
    shape: 'cross',
    tone: 'warning',
    title: 'Denied after two wrong numbers',
    text: 'The program got nothing. If you still want it, start again there and look for the number on the new page.',
  },
  expired: {
    shape: 'pause',
    tone: 'waiting',
    title: 'The time is over',
    text: 'Nobody answered, so the program got nothing. If you still want it, start again there.',
  },
  elsewhere: {
    shape: 'dot',
    tone: 'waiting',
    title: 'This is settled already',
    text: 'It was answered in another window or with the trackeep command, or the program gave up. The Clients page says who may do what now.',
  },
};
