import { z } from 'zod';
import { AppError } from '../../core/errors.ts';

/** A page that a model can read; it asks for more where it needs more. */
const USUAL_SIZE = 30;
const LARGEST_SIZE = 100;
const LAST_PAGE = 10_000;

export const PageParameters = {
  limit: z.int().min(1).max(LARGEST_SIZE).default(USUAL_SIZE).describe('How many at most.'),
  cursor: z.string().max(20).optional().describe('"nextCursor" of the answer before. The limit stays as it was.'),
};

export const NextCursor = z.string().nullable().describe('Pass it as "cursor" for the next page. Null: that is all.');

/** GitHub's paging parameters. */
export interface Page {
  page: number;
  per_page: number;
}

/** @throws AppError `bad_input` for a cursor that is none of ours */
export function pageOf({ limit, cursor }: { limit: number; cursor?: string | undefined }): Page {
  if (cursor === undefined) return { page: 1, per_page: limit };
  // With the size in it: pages of another size would begin elsewhere, and leave out or repeat.
  const [, page = '', size = ''] = /^([1-9]\d*)x([1-9]\d*)$/.exec(cursor) ?? [];
  const [number, perPage] = [Number(page), Number(size)];
  if (number < 1 || number > LAST_PAGE || perPage < 1 || perPage > LARGEST_SIZE) {
    throw new AppError('bad_input', 'The cursor does not come from an earlier answer.', {
      remedy: 'Leave "cursor" out to begin with the first page.',
    });
  }
  return { page: number, per_page: perPage };
}

/**
 * @param link the answer's `Link` header (RFC 8288), which says whether there is more
 */
export function cursorAfter({ page, per_page }: Page, link: string | undefined): string | null {
  return link !== undefined && /;\s*rel="?next"?/.test(link) ? `${page + 1}x${per_page}` : null;
}
