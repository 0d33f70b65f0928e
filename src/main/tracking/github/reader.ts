import { z } from 'zod';
import type { Connections } from '../../connections/connections.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError, toAppError } from '../../core/errors.ts';
import { iso } from '../../core/iso-time.ts';
import type { Commit, Glance, Part } from '../model.ts';
import { createAsk, type Omission, type Told, unreadable } from './ask.ts';
import { Count, Token } from './bounds.ts';
import { type Compare, createCompare } from './compare.ts';
import { readGlance } from './glance.ts';
import { type PartPages, readCommits, readParts } from './parts.ts';
import { COMMITS, FETCH, LIST_OWN, LIST_STARRED, LOOK } from './queries.ts';

/** A repository that could not be looked at, though it may be there. */
export interface Troubled {
  nodeId: string;
  error: AppError;
}

export interface Listing {
  glances: Glance[];
  /** Whether each repository of the page was shown; otherwise nobody can say which are missing. */
  complete: boolean;
  /** Where the next page begins; null: this was the last one. */
  next: string | null;
  total: number;
}

export interface Look {
  glances: Glance[];
  /** Node ids of what is not there, or not for this account. */
  lost: string[];
  troubled: Troubled[];
}

/** What to fetch of a repository: where each part's page begins. `head` is the commit whose history is meant. */
export interface Fetching {
  nodeId: string;
  /** The size of pages; `some` is that of pull requests and releases. */
  many: number;
  some: number;
  head?: { oid: string; after: string | null; since: number | null };
  branches?: { after: string | null };
  pull_requests?: { after: string | null };
  releases?: { after: string | null };
}

/** The questions of this room to GitHub, each one request. They throw as `Ask` does. */
export interface Reader {
  list(
    connectionId: string,
    page: { starred: boolean; size: number; after: string | null },
    signal: AbortSignal,
  ): Promise<Listing>;
  /** @param nodeIds a hundred at most */
  look(connectionId: string, nodeIds: readonly string[], signal: AbortSignal): Promise<Look>;
  /** @returns the pages, and why one that is null was left out; null: the repository is not there */
  fetch(
    connectionId: string,
    fetching: Fetching,
    signal: AbortSignal,
  ): Promise<{ pages: PartPages; withheld: AppError | null } | null>;
  /** @param nodeIds a hundred at most */
  commits(connectionId: string, nodeIds: readonly string[], signal: AbortSignal): Promise<Commit[]>;
  compare: Compare;
}

export interface ReaderParts {
  connections: Pick<Connections, 'github'>;
  clock: Clock;
}

const ListPage = z.object({
  totalCount: Count,
  pageInfo: z.object({ hasNextPage: z.boolean(), endCursor: Token.nullish() }),
  nodes: z.array(z.unknown()).nullish(),
});
const Viewer = z.object({
  viewer: z.object({ repositories: ListPage.optional(), starredRepositories: ListPage.optional() }),
});
const Nodes = z.object({ nodes: z.array(z.unknown()) });

/** Fields of `Glance` that GitHub may hide. */
const HIDEABLE: ReadonlySet<string | number> = new Set(['issues', 'newestPullRequests', 'openPullRequests']);

export function createReader(parts: ReaderParts): Reader {
  const ask = createAsk(parts);

  /**
   * GitHub leaves a whole repository out where the account may not see its issues or pull requests: that they are hidden
   * from an app is nothing unusual. Those are asked for again without.
   */
  const askSeeing = async (
    connectionId: string,
    query: string,
    variables: Record<string, unknown>,
    signal: AbortSignal,
    nodesOf: (told: Told) => readonly unknown[],
  ): Promise<Told & { nodes: readonly unknown[] }> => {
    const whole = await ask(connectionId, query, { ...variables, issues: true, pullRequests: true }, signal);
    const nodes = nodesOf(whole);
    const hides = whole.omissions.some(
      ({ kind, path }) => kind === 'forbidden' && path.some((step) => HIDEABLE.has(step)),
    );
    if (!hides) return { ...whole, nodes };
    // Both: the first one that is hidden keeps GitHub from telling of the other.
    const partly = await ask(connectionId, query, { ...variables, issues: false, pullRequests: false }, signal);
    const others = nodesOf(partly);
    if (others.length !== nodes.length) return { ...partly, nodes: others };
    return { ...partly, nodes: nodes.map((node, index) => node ?? others[index]) };
  };

  return {
    async list(connectionId, { starred, size, after }, signal) {
      const query = starred ? LIST_STARRED : LIST_OWN;
      const listOf = ({ data }: Told) => {
        const read = Viewer.safeParse(data);
        const list = starred ? read.data?.viewer.starredRepositories : read.data?.viewer.repositories;
        if (!list) throw unreadable('the question about the repositories', read.error);
        return list;
      };
      const told = await askSeeing(
        connectionId,
        query,
        { first: size, after },
        signal,
        (one) => listOf(one).nodes ?? [],
      );
      const { nodes } = told;
      const list = listOf(told);
      const glances = nodes.flatMap((node) => (node == null ? [] : (glanceOrNull(node, told.at) ?? [])));
      const { hasNextPage, endCursor } = list.pageInfo;
      return {
        glances,
        complete: list.nodes != null && glances.length === nodes.length,
        next: hasNextPage ? (endCursor ?? null) : null,
        total: list.totalCount,
      };
    },

    async look(connectionId, nodeIds, signal) {
      const told = await askSeeing(connectionId, LOOK, { ids: nodeIds }, signal, ({ data }) => {
        const read = Nodes.safeParse(data);
        if (read.success && read.data.nodes.length === nodeIds.length) return read.data.nodes;
        throw unreadable('the question about repositories', read.error);
      });
      const look: Look = { glances: [], lost: [], troubled: [] };
      for (const [index, node] of told.nodes.entries()) {
        const nodeId = nodeIds[index] ?? '';
        if (node == null) {
          const reason = omittedAt(told, 'nodes', index);
          if (reason === undefined || reason.kind === 'gone') look.lost.push(nodeId);
          else look.troubled.push({ nodeId, error: refusal(reason) });
          continue;
        }
        try {
          // GitHub finds a repository by an id of its old form, too, and answers with the new one.
          look.glances.push(readGlance(node, told.at));
        } catch (error) {
          look.troubled.push({ nodeId, error: toAppError(error) });
        }
      }
      return look;
    },

    async fetch(connectionId, { nodeId, many, some, ...wanted }, signal) {
      const { head, branches, pull_requests, releases } = wanted;
      const told = await ask(
        connectionId,
        FETCH,
        {
          ...{ id: nodeId, many, some },
          commits: head !== undefined,
          head: head?.oid ?? null,
          commitsAfter: head?.after ?? null,
          since: head?.since == null ? null : iso(head.since),
          branches: branches !== undefined,
          branchesAfter: branches?.after ?? null,
          pullRequests: pull_requests !== undefined,
          pullRequestsAfter: pull_requests?.after ?? null,
          releases: releases !== undefined,
          releasesAfter: releases?.after ?? null,
        },
        signal,
      );
      const { node } = told.data;
      if (node == null) {
        const reason = omittedAt(told, 'node');
        if (reason === undefined || reason.kind === 'gone') return null;
        throw refusal(reason);
      }
      const asked = new Set(Object.keys(wanted) as Part[]);
      const pages = readParts(node, asked);
      const missing = Object.values(pages).some((page) => page === null);
      return { pages, withheld: missing ? refusal(told.omissions[0]) : null };
    },

    async commits(connectionId, nodeIds, signal) {
      return readCommits((await ask(connectionId, COMMITS, { ids: nodeIds }, signal)).data);
    },

    compare: createCompare(parts),
  };
}

function glanceOrNull(node: unknown, at: number): Glance | null {
  try {
    return readGlance(node, at);
  } catch {
    return null;
  }
}

function omittedAt({ omissions }: Told, ...path: (string | number)[]): Omission | undefined {
  return omissions.find((omission) => path.every((step, index) => omission.path[index] === step));
}

function refusal(omission: Omission | undefined): AppError {
  return omission?.kind === 'forbidden'
    ? new AppError('forbidden', 'GitHub does not show this account everything of this repository.')
    : new AppError('provider_error', 'GitHub could not show everything of this repository.');
}
