import { iso } from '../../core/iso-time.ts';

/** A time as GitHub tells it: to the second. */
export function isoTime(ms: number): string;
export function isoTime(ms: number | null): string | null;
export function isoTime(ms: number | null): string | null {
  return ms === null ? null : `${iso(ms).slice(0, 19)}Z`;
}
