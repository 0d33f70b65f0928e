import { LONGEST_PAUSE_MS } from '../pauses.ts';

/** The parts of an answer that tell of a limit. Header names are lower case. */
export interface LimitedAnswer {
  status: number;
  headers: Readonly<Record<string, string | number | undefined>>;
  /** The parsed body. */
  data: unknown;
}

/** GitHub asks for at least this pause when it names none (best practices for using the REST API). */
const UNNAMED_PAUSE_MS = 60_000;
/** A pause doubles each time GitHub repeats an unnamed one, up to this. */
const LONGEST_UNNAMED_PAUSE_MS = 15 * 60_000;
/** A reset that is due this very second would be asked too early by half of all clocks. */
const SHORTEST_PAUSE_MS = 1_000;

/**
 * How long GitHub wants no request from this account, in ms; null if `answer` speaks of no limit.
 *
 * The primary limit is a 403 or 429 with `x-ratelimit-remaining: 0`, the secondary one a 403 or 429 with `retry-after`,
 * or with nothing but its body. The reset time is compared with the answer's own `date`, not with our clock: a machine
 * whose clock is an hour off would wait an hour too long, or ask at once.
 *
 * @param strikes how many unnamed pauses came right before this one
 * @see https://docs.github.com/en/rest/using-the-rest-api/rate-limits-for-the-rest-api#exceeding-the-rate-limit
 */
export function pauseAskedFor(answer: LimitedAnswer, now: number, strikes = 0): number | null {
  const { status, headers, data } = answer;
  if (status !== 403 && status !== 429) return null;
  const serverNow = time(headers.date) ?? now;

  const retryAfter = retryAfterMs(headers['retry-after'], serverNow);
  if (retryAfter !== null) return bounded(retryAfter);

  if (String(headers['x-ratelimit-remaining']) === '0') {
    const reset = Number(headers['x-ratelimit-reset']) * 1_000;
    return reset > serverNow ? bounded(reset - serverNow) : UNNAMED_PAUSE_MS;
  }
  if (status === 429 || speaksOfSecondaryLimit(data)) {
    return Math.min(UNNAMED_PAUSE_MS * 2 ** strikes, LONGEST_UNNAMED_PAUSE_MS);
  }
  return null;
}

/** `retry-after` in either of its forms (RFC 9110 §10.2.3), as ms; null if there is none that can be read. */
function retryAfterMs(header: string | number | undefined, serverNow: number): number | null {
  if (header === undefined || header === '') return null;
  const seconds = Number(header);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1_000 : null;
  const at = time(header);
  return at === null ? null : Math.max(0, at - serverNow);
}

/** GitHub gives the secondary limit no code of its own: its documentation link and its sentence are all there is. */
function speaksOfSecondaryLimit(data: unknown): boolean {
  if (typeof data !== 'object' || data === null) return false;
  const text = ['message', 'documentation_url'].map((name) => String(Reflect.get(data, name) ?? '')).join(' ');
  return /secondary[ -]rate[ -]limit|abuse detection/i.test(text);
}

function bounded(ms: number): number {
  return Math.min(Math.max(ms, SHORTEST_PAUSE_MS), LONGEST_PAUSE_MS);
}

function time(header: string | number | undefined): number | null {
  const at = Date.parse(String(header));
  return Number.isFinite(at) ? at : null;
}
