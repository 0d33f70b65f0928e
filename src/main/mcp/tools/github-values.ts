import { iso } from '../../core/iso-time.ts';
/** What GitHub writes, in our form. Anything else it might be is left out rather than passed on. */

/** ISO 8601 in UTC with milliseconds, or null for what is no time. */
export function isoTime(text: string | null | undefined): string | null {
  const time = Date.parse(text ?? '');
  return Number.isNaN(time) ? null : iso(time);
}

/** People open it, so it must be a page and not a `javascript:` or `file:` address. */
export function webPage(address: string | null | undefined): string | null {
  const url = URL.parse(address ?? '');
  return url !== null && /^https?:$/.test(url.protocol) ? url.href : null;
}
