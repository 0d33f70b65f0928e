/**
 * @param time ms since the epoch
 * @returns ISO 8601, UTC, with ms
 * @throws RangeError for what is no time
 */
export function iso(time: number): string {
  return new Date(time).toISOString();
}

/** As `iso`; null stays null. */
export function isoOrNull(time: number | null): string | null {
  return time === null ? null : iso(time);
}

/**
 * @param time ms since the epoch
 * @returns the day in UTC, as YYYY-MM-DD (RFC 3339 §5.6, full-date)
 * @throws RangeError for what is no time
 */
export function isoDate(time: number): string {
  return iso(time).slice(0, 10);
}
