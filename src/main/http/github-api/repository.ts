import { z } from 'zod';
import type { RepositoryDetails } from '../../../shared/tracking-views.ts';
import { answerWith } from './answer.ts';
import { branchBody, commitBody, detailsBody, pullRequestBody } from './bodies.ts';
import type { Call, GitHubApiParts } from './call.ts';
import { askFirst, Fresh } from './fresh.ts';
import { Instant, Paging, parametersOf, Search } from './parameters.ts';

type Route = (parts: GitHubApiParts, call: Call) => Promise<void>;

/** What every question about one repository takes. */
const OfOne = { ...Fresh, host: z.string().max(300).optional() };
const OfOneQuestion = z.looseObject(OfOne);

/**
 * @param list what of it is asked for; undefined: the repository itself
 * @returns null where there is no such list
 */
export function repositoryRoute(owner: string, name: string, list: string | undefined): Route | null {
  const make = list === undefined ? about : Object.hasOwn(LISTS, list) ? LISTS[list] : undefined;
  return make === undefined ? null : make(owner, name);
}

/** `GET /api/v1/github/repos/{owner}/{repo}` */
const about = route({}, async (parts, call, repository) => {
  const ids = await parts.tracking.queries.gitHubIds([repository.id]);
  answerWith(call, parts.clock, {
    body: detailsBody(repository, ids.get(repository.id) ?? null),
    asOf: repository.lookedAt,
  });
});

const PullState = z.enum(['open', 'closed', 'merged', 'all']).default('open');

/** `GET /api/v1/github/repos/{owner}/{repo}/…` */
const LISTS: Readonly<Record<string, (owner: string, name: string) => Route>> = {
  commits: route(
    {
      ...Paging,
      search: Search.optional(),
      author: Search.optional(),
      since: Instant.optional(),
      until: Instant.optional(),
    },
    async (parts, call, { id: repositoryId, lookedAt }, { per_page: limit, ...asked }) => {
      const { items, nextCursor } = await parts.tracking.queries.commits({ ...asked, repositoryId, limit });
      answerWith(call, parts.clock, { body: items.map(commitBody), nextCursor, asOf: lookedAt });
    },
  ),

  pulls: route(
    { ...Paging, search: Search.optional(), state: PullState },
    async (parts, call, { id: repositoryId, lookedAt }, { per_page: limit, state, ...asked }) => {
      const { items, nextCursor } = await parts.tracking.queries.pullRequests({
        ...asked,
        ...(state === 'all' ? {} : { state }),
        ...{ view: 'all', repositoryId, limit },
      });
      answerWith(call, parts.clock, { body: items.map(pullRequestBody), nextCursor, asOf: lookedAt });
    },
  ),

  branches: route(Paging, async (parts, call, { id: repositoryId, lookedAt }, { per_page: limit, ...asked }) => {
    const { items, nextCursor } = await parts.tracking.queries.branches({ ...asked, repositoryId, limit });
    answerWith(call, parts.clock, { body: items.map(branchBody), nextCursor, asOf: lookedAt });
  }),
};

/**
 * Reads the question, finds the repository, and asks GitHub first where that is wanted.
 *
 * @param more what it takes beside `OfOne`
 */
function route<S extends z.ZodRawShape>(
  more: S,
  answer: (
    parts: GitHubApiParts,
    call: Call,
    repository: RepositoryDetails,
    asked: z.output<z.ZodObject<S>>,
  ) => Promise<void>,
): (owner: string, name: string) => Route {
  const question = z.object({ ...more, ...OfOne });
  return (owner, name) => async (parts, call) => {
    const { fresh, host, ...asked } = parametersOf(question, call.parameters) as z.output<typeof OfOneQuestion>;
    const { queries } = parts.tracking;
    const found = await queries.byName(owner, name, host);
    await askFirst(parts, call, fresh, found.id);
    // It may have another name by now.
    const repository = fresh ? await queries.repository({ id: found.id }) : found;
    return answer(parts, call, repository, asked as z.output<z.ZodObject<S>>);
  };
}
