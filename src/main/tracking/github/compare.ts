import { z } from 'zod';
import type { Connections } from '../../connections/connections.ts';
import { AppError, hasCode } from '../../core/errors.ts';
import { unreadable } from './ask.ts';
import { Count, Token } from './bounds.ts';

/** The most that one page of the answer has. */
export const COMPARED_AT_ONCE = 100;

/** A page of the commits that `head` has and `base` has not. */
export interface Comparison {
  /** `ahead`: `head` came from `base` by adding commits alone. */
  status: 'ahead' | 'behind' | 'diverged' | 'identical';
  /** How many there are on all pages. */
  total: number;
  commits: { oid: string; nodeId: string }[];
}

const Answer = z
  .object({
    status: z.enum(['ahead', 'behind', 'diverged', 'identical']),
    total_commits: Count,
    commits: z.array(z.object({ sha: Token, node_id: Token })).max(COMPARED_AT_ONCE),
  })
  .transform(
    ({ status, total_commits, commits }): Comparison => ({
      status,
      total: total_commits,
      commits: commits.map(({ sha, node_id }) => ({ oid: sha, nodeId: node_id })),
    }),
  );

export interface ComparisonQuestion {
  owner: string;
  name: string;
  base: string;
  head: string;
  /** From 1. */
  page: number;
}

/**
 * @returns null where GitHub cannot compare: one of the two is no more
 * @throws AppError as `Connections.github`
 * @see https://docs.github.com/en/rest/commits/commits#compare-two-commits
 */
export type Compare = (
  connectionId: string,
  question: ComparisonQuestion,
  signal: AbortSignal,
) => Promise<Comparison | null>;

export function createCompare({ connections }: { connections: Pick<Connections, 'github'> }): Compare {
  return async (connectionId, { owner, name, base, head, page }, signal) => {
    const octokit = await connections.github(connectionId);
    signal.throwIfAborted();
    try {
      const { data, status } = await octokit.request('GET /repos/{owner}/{repo}/compare/{basehead}', {
        ...{ owner, repo: name, basehead: `${base}...${head}`, per_page: COMPARED_AT_ONCE, page },
        // What two commits differ by never changes and is never asked twice: not worth a place among the cached answers.
        headers: { 'if-none-match': '"never"' },
        request: { signal },
      });
      const read = Answer.safeParse(data);
      if (!read.success) throw unreadable(`a comparison (status ${status})`, read.error);
      return read.data;
    } catch (error) {
      if (signal.aborted) throw signal.reason;
      if (hasCode(error, 'not_found') || statusOf(error) === 422) return null;
      throw error;
    }
  };
}

function statusOf(error: unknown): unknown {
  if (!(error instanceof AppError)) return undefined;
  return error.cause instanceof Error && 'status' in error.cause ? error.cause.status : undefined;
}
