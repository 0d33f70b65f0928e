import { MINUTE_MS } from '../../../shared/durations.ts';
export const SHORTEST_MS = 2 * MINUTE_MS;
export const LONGEST_MS = 6 * 60 * MINUTE_MS;
/** Where webhooks arrive, looking is only for what they may have missed. */
const SHORTEST_WITH_WEBHOOKS_MS = 30 * MINUTE_MS;
const WEBHOOKS_COUNT_MS = 24 * 60 * MINUTE_MS;
/** A repository silent for a time is looked at after a tenth of that time. */
const SHARE_OF_SILENCE = 0.1;

/** A repository, as far as its interval depends on it. Times are ms since the epoch. */
export interface Rhythm {
  movedAt: number;
  /** When a webhook of it came last; null: never. */
  webhookAt: number | null;
}

/**
 * How long to wait from one look at a repository to the next, ms: the busy often, the silent rarely, and less often
 * where webhooks tell of what happens. One that moved although no webhook told of it is looked at as if there were none.
 *
 * @param now ms since the epoch; a time ahead of it counts as now
 */
export function lookInterval({ movedAt, webhookAt }: Rhythm, now: number): number {
  const silence = Math.max(0, now - movedAt);
  const usual = Math.round(Math.min(Math.max(silence * SHARE_OF_SILENCE, SHORTEST_MS), LONGEST_MS));
  if (webhookAt === null || now - webhookAt > WEBHOOKS_COUNT_MS) return usual;
  const missed = movedAt - webhookAt > SHORTEST_WITH_WEBHOOKS_MS;
  return missed ? usual : Math.max(usual, SHORTEST_WITH_WEBHOOKS_MS);
}
