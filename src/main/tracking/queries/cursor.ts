import { createHash } from 'node:crypto';
import { AppError } from '../../core/errors.ts';

/** The place after which a page begins: the values that the list is sorted by. */
export type Place = readonly (string | number | null)[];

/**
 * A cursor as callers carry it. It is good for the same question only: a short hash of the question and of the place is
 * in it, so that one that was changed on the way is refused instead of leaving out rows without a word. It is no secret,
 * and what is in it is only ever compared with: who makes one up sees nothing that the first page does not lead to.
 *
 * @param question what is asked for, but for the cursor and the size of the page
 */
export function cursorOf(question: readonly unknown[], place: Place): string {
  return Buffer.from(JSON.stringify([hashOf(question, place), ...place])).toString('base64url');
}

/** @returns null for the first page. @throws AppError `bad_input` for a cursor of another question */
export function placeOf(question: readonly unknown[], cursor: string | undefined): Place | null {
  if (cursor === undefined) return null;
  const [hash, ...place] = parse(cursor);
  if (place.every(isValue) && place.length > 0 && hash === hashOf(question, place)) return place;
  throw new AppError('bad_input', 'The cursor does not come from an answer to this question.', {
    remedy: 'Leave the cursor out to begin with the first page.',
  });
}

function parse(cursor: string): unknown[] {
  try {
    const value: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(value) ? value : [];
  } catch {
    return [];
  }
}

function isValue(value: unknown): value is string | number | null {
  return value === null || typeof value === 'string' || typeof value === 'number';
}

function hashOf(question: readonly unknown[], place: Place): string {
  return createHash('sha256')
    .update(JSON.stringify([question, place]))
    .digest('base64url')
    .slice(0, 12);
}
