import { z } from 'zod';
import { ChecksState, PullRequestState, type PullRequestView, ReviewState } from '../../../../shared/tracking-views.ts';
import { NextCursor } from '../paging.ts';
import { defineTool, type Tool } from '../tool.ts';
import { filled, RepositoryName, repositoryNamed, Search, type Tracked, TrackedPage } from './values.ts';

const PullRequest = z.strictObject({
  repository: z.string(),
  number: z.int(),
  title: z.string(),
  author: z.string().optional().describe('Left out: the account is gone.'),
  state: PullRequestState,
  draft: z.boolean(),
  review: ReviewState.optional(),
  checks: ChecksState.optional(),
  mergeable: z.enum(['mergeable', 'conflicting']).optional(),
  waitsFor: z
    .enum(['review', 'changes', 'merge', 'conflicts', 'checks'])
    .optional()
    .describe('What it waits for the person to do.'),
  updatedAt: z.iso.datetime(),
  url: z.url(),
});

/** Pull requests of the tracked repositories, by whose turn it is. */
export function listPullRequests(tracked: Tracked): Tool {
  return defineTool({
    name: 'list_pull_requests',
    title: 'Pull requests of tracked repositories',
    description:
      'Lists pull requests of the tracked GitHub repositories: those that wait for the person, their own open ones, the last merged ones, or all. Answered from this machine, without asking GitHub.',
    openWorld: true,
    input: z.strictObject({
      view: z
        .enum(['waiting', 'mine', 'merged', 'all'])
        .default('waiting')
        .describe('waiting: the person is to review, change, merge or mend something; the most pressing first.'),
      repository: RepositoryName.optional(),
      state: PullRequestState.optional().describe('Only with the view "all".'),
      query: Search.optional().describe('Part of the title.'),
      ...TrackedPage,
    }),
    output: z.strictObject({ pullRequests: z.array(PullRequest), nextCursor: NextCursor }),
    async run({ repository, query, ...asked }) {
      const named = repository === undefined ? null : await repositoryNamed(tracked, repository);
      const { items, nextCursor } = await tracked.queries.pullRequests({
        ...asked,
        ...(query === undefined ? {} : { search: query }),
        ...(named === null ? {} : { repositoryId: named.id }),
      });
      return { pullRequests: items.map(pullRequestOf), nextCursor };
    },
  });
}

function pullRequestOf(view: PullRequestView): z.infer<typeof PullRequest> {
  const { repository, number, title, author, state, draft, review, checks, mergeable, waitsFor, updatedAt, url } = view;
  return {
    ...{ repository: `${repository.owner}/${repository.name}`, number, title },
    ...filled({ author }),
    ...{ state, draft },
    ...filled({ review, checks, mergeable, waitsFor }),
    ...{ updatedAt, url },
  };
}
