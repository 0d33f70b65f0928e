import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';

/** What stands before the first row. No MAC is empty, so nothing else can be taken for it. */
export const BEGINNING = '';

/** In place of a MAC: the row is under that of a later one, with which it was written. */
export const UNDER_A_LATER_ONE = '';

interface Row {
  number: number;
  /** JSON, and so without a line break. */
  entry: string;
}

/** A MAC in the making. */
interface RowsMac {
  add(row: Row): void;
  /** @returns HMAC-SHA-256 (RFC 2104), hex. Nothing can be added after it. */
  end(): string;
}

/**
 * The MAC of rows that were written together: over the MAC before them, so that none can be changed, taken out or put
 * elsewhere without the key. A row has two lines, of which the first is its number, so that no other rows read alike.
 *
 * @param previous the MAC before, or `BEGINNING`
 */
export function rowsMac(key: KeyObject, previous: string): RowsMac {
  let text = previous;
  return {
    add({ number, entry }) {
      text += `\n${number}\n${entry}`;
    },
    end: () => hmac(key, text),
  };
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
