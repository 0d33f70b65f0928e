const UNITS = ['B', 'kB', 'MB', 'GB', 'TB'] as const;

/** Bytes as a person reads them, in powers of a thousand as file managers count: "85.3 MB". */
export function fileSize(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // 999.95 would be written as "1000.0": the next unit begins where rounding would reach it.
  while (value >= (unit === 0 ? 1_000 : 999.95) && unit < UNITS.length - 1) {
    value /= 1_000;
    unit += 1;
  }
  return `${unit === 0 ? value : value.toFixed(1)} ${UNITS[unit]}`;
}

/** How far something is, 0..100, in whole percent. Never 100 before all is there. */
export function percent(part: number, whole: number): number {
  if (whole <= 0) return 0;
  return Math.min(100, Math.floor((part / whole) * 100));
}

/** How much had arrived at an instant. */
export interface Arrival {
  /** ms, monotonic. */
  at: number;
  bytes: number;
}

/** The window over which a speed is taken, ms: long enough to be calm, short enough to be true. */
const SPEED_WINDOW_MS = 4_000;

/** `arrivals` with one more, without those too old to tell today's speed. A transfer that restarts begins afresh. */
export function withArrival(arrivals: readonly Arrival[], next: Arrival): Arrival[] {
  const last = arrivals.at(-1);
  if (last && next.bytes < last.bytes) return [next];
  return [...arrivals.filter(({ at }) => next.at - at <= SPEED_WINDOW_MS), next];
}

/** Bytes a second over `arrivals`; null while it is too early to tell. */
export function speed(arrivals: readonly Arrival[]): number | null {
  const first = arrivals[0];
  const last = arrivals.at(-1);
  if (!first || !last || last.at - first.at < 250) return null;
  return ((last.bytes - first.bytes) / (last.at - first.at)) * 1_000;
}
