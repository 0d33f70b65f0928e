import { GLANCES_AT_ONCE } from '../github/queries.ts';
import { LONGEST_MS, SHORTEST_MS } from './interval.ts';

/** What is known of a repository when it is decided what comes next. Times are ms since the epoch. */
export interface Entry {
  readonly id: number;
  nodeId: string;
  nextLookAt: number;
  /** Something of it is to be fetched. */
  moved: boolean;
  /** Everything of it was fetched once. */
  fetchedOnce: boolean;
  /** A webhook told of it: when it is worth a look. Null: none did since the last look began. */
  wokenAt: number | null;
  /** The person waits for it: for a look, for the one under way, or for the fetch that it led to. Null: nobody does. */
  urgent: 'look' | 'looking' | 'fetch' | null;
  /** After trouble: nothing of it before then. Null: no trouble. */
  notBefore: number | null;
  /** Something of it is under way. */
  busy: boolean;
}

export interface Plan<E extends Entry> {
  /** Repositories to look at with one question, a hundred at most. */
  looks: E[];
  /** Repositories to fetch now, the first one first. */
  fetches: E[];
  /** When there is something to do again, ms since the epoch; Infinity: when somebody says so. */
  wakeAt: number;
}

/** A time farther ahead was set while the clock was wrong. */
const FARTHEST_MS = 2 * LONGEST_MS;
/** What is due so soon is looked at along with what is due now: it costs nothing more. */
const ALONG_MS = SHORTEST_MS / 2;

/**
 * What is due, and in which order: what the person asked for, then what was never fetched, then what has waited longest.
 * A look comes before a fetch, since it may show more to fetch.
 *
 * @param lanes how many fetches may begin
 */
export function plan<E extends Entry>(entries: Iterable<E>, now: number, lanes: number): Plan<E> {
  const due: E[] = [];
  const soon: E[] = [];
  const moved: E[] = [];
  let wakeAt = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    if (entry.busy) continue;
    if (entry.urgent === null && isAhead(entry.notBefore ?? 0, now)) {
      wakeAt = Math.min(wakeAt, entry.notBefore ?? 0);
      continue;
    }
    const lookAt = Math.min(entry.nextLookAt, entry.wokenAt ?? Number.POSITIVE_INFINITY);
    if (entry.urgent === 'look' || (entry.urgent === null && !isAhead(lookAt, now))) {
      due.push(entry);
      continue;
    }
    wakeAt = Math.min(wakeAt, lookAt);
    if (entry.moved) moved.push(entry);
    else if (lookAt - now <= ALONG_MS) soon.push(entry);
  }
  const byWait = (a: E, b: E) => patience(a) - patience(b) || a.nextLookAt - b.nextLookAt || a.id - b.id;
  due.sort(byWait);
  const byNeed = (a: E, b: E) =>
    patience(a) - patience(b) || Number(a.fetchedOnce) - Number(b.fetchedOnce) || byWait(a, b);
  return {
    looks: due.length === 0 ? [] : [...due, ...soon].slice(0, GLANCES_AT_ONCE),
    fetches: first(moved, lanes, byNeed),
    wakeAt,
  };
}

/** Whether a time is still to come. One that is too far off was set by a wrong clock, and has come. */
export function isAhead(at: number, now: number): boolean {
  return at > now && at <= now + FARTHEST_MS;
}

/** The first few in an order, without sorting the thousands behind them for each one that is fetched. */
function first<E>(entries: readonly E[], count: number, order: (a: E, b: E) => number): E[] {
  const found: E[] = [];
  for (const entry of entries) {
    const last = found[count - 1];
    if (count === 0 || (last !== undefined && order(entry, last) >= 0)) continue;
    const place = found.findIndex((one) => order(entry, one) < 0);
    found.splice(place === -1 ? found.length : place, 0, entry);
    found.length = Math.min(found.length, count);
  }
  return found;
}

const patience = ({ urgent }: Entry) => (urgent === null ? 1 : 0);
