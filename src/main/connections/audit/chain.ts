import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** What stands before the first row. No MAC is empty, so nothing else can be taken for it. */
export const BEGINNING = '';

/**
 * The MAC of a row: over the MAC of the row before it, so that none can be changed, taken out or put elsewhere without
 * the key. A number holds no line break, so no two rows read alike.
 *
 * @param previous the MAC before, or `BEGINNING`
 * @returns HMAC-SHA-256 (RFC 2104), hex
 */
export function rowMac(key: KeyObject, previous: string, { number, entry }: { number: number; entry: string }): string {
  return hmac(key, `${previous}\n${number}\n${entry}`);
}

/** The MAC over where the log ends: without it, rows cut off at the end would not be missed. */
export function endMac(key: KeyObject, { number, mac }: { number: number; mac: string }): string {
  return hmac(key, `end\n${number}\n${mac}`);
}

/** In the same time for every wrong MAC. */
export function sameMac(claimed: string, computed: string): boolean {
  const [a, b] = [Buffer.from(claimed), Buffer.from(computed)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function hmac(key: KeyObject, text: string): string {
  return createHmac('sha256', key).update(text).digest('hex');
}
