import type { Command, Invocation, Option } from './command.ts';
import { usage } from './parse.ts';

const USUAL = 30;
const MOST = 1_000;
const LARGEST_PAGE = 200;

export const LIMIT: Option = {
  name: 'limit',
  value: 'N',
  text: `How many at most, up to ${MOST}; ${USUAL} when left out.`,
};

/** What `LIMIT` was given. */
export function limitOf({ option }: Pick<Invocation, 'option'>, command: Command): number {
  const text = option(LIMIT.name);
  if (text === undefined) return USUAL;
  const limit = /^\d{1,4}$/.test(text) ? Number(text) : 0;
  if (limit < 1 || limit > MOST) throw usage(`--limit is a number from 1 to ${MOST}.`, command);
  return limit;
}

/**
 * The first rows of a list that comes in pages.
 *
 * @param ask one page; `more` is what its question takes beside
 * @returns and whether there are more
 */
export async function readPages<T>(
  limit: number,
  ask: (more: { limit: number; cursor?: string }) => Promise<{ items: T[]; nextCursor: string | null }>,
): Promise<{ items: T[]; more: boolean }> {
  const items: T[] = [];
  let cursor: string | null = null;
  do {
    const size = Math.min(limit - items.length, LARGEST_PAGE);
    const page: { items: T[]; nextCursor: string | null } = await ask({
      limit: size,
      ...(cursor === null ? {} : { cursor }),
    });
    items.push(...page.items);
    cursor = page.nextCursor;
  } while (cursor !== null && items.length < limit);
  return { items, more: cursor !== null };
}
