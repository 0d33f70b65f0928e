/**
 * A day as a sentence names it, such as "5 December 2026", where the person is.
 *
 * @param iso a time, ISO 8601
 */
export function calendarDay(iso: string): string {
  return new Intl.DateTimeFormat('en-GB', { dateStyle: 'long' }).format(new Date(iso));
}
