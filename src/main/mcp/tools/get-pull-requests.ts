import { z } from 'zod';
import type { Connections } from '../../connections/connections.ts';
import { AccountParameter, gitHubFor } from './github-account.ts';
import { isoTime, webPage } from './github-values.ts';
import { cursorAfter, NextCursor, PageParameters, pageOf } from './paging.ts';
import { defineTool, type Tool } from './tool.ts';

const Input = z.strictObject({
  repository: z
    .string()
    .max(200)
    .regex(/^[\w.-]+\/[\w.-]+$/, 'must be owner/name')
    .describe('owner/name, such as octocat/hello-world.'),
  state: z.enum(['open', 'closed', 'all']).default('open'),
  account: AccountParameter,
  ...PageParameters,
});

const Output = z.strictObject({
  account: z.string().describe('The account that was asked, as host/login.'),
  repository: z.string(),
  pullRequests: z.array(
    z.strictObject({
      number: z.int(),
      title: z.string(),
      state: z.enum(['open', 'closed', 'merged']),
      draft: z.boolean(),
      author: z.string().nullable().describe('Null: the account is gone.'),
      head: z.string().describe('The branch to be merged, as owner:branch.'),
      base: z.string().describe('The branch to merge into.'),
      labels: z.array(z.string()),
      createdAt: z.iso.datetime().nullable(),
      updatedAt: z.iso.datetime().nullable(),
      url: z.url().nullable(),
    }),
  ),
  nextCursor: NextCursor,
});

/**
 * The pull requests of one repository.
 * @see https://docs.github.com/en/rest/pulls/pulls#list-pull-requests
 */
export function getPullRequests({ connections }: { connections: Pick<Connections, 'list' | 'github'> }): Tool {
  return defineTool({
    name: 'get_pull_requests',
    title: 'Pull requests on GitHub',
    description:
      'Lists the pull requests of one GitHub repository, the last updated first; open ones unless you say else.',
    openWorld: true,
    input: Input,
    output: Output,
    async run(input, { signal }) {
      const page = pageOf(input);
      const { github, account } = await gitHubFor(connections, input.account);
      const [owner = '', repo = ''] = input.repository.split('/');
      const { data, headers } = await github.request('GET /repos/{owner}/{repo}/pulls', {
        owner,
        repo,
        state: input.state,
        sort: 'updated',
        direction: 'desc',
        ...page,
        request: { signal },
      });
      return {
        account,
        repository: input.repository,
        pullRequests: data.map((pull) => ({
          number: pull.number,
          title: pull.title,
          state: pull.merged_at ? ('merged' as const) : pull.state === 'open' ? ('open' as const) : ('closed' as const),
          draft: pull.draft ?? false,
          author: pull.user?.login ?? null,
          head: pull.head.label ?? pull.head.ref,
          base: pull.base.ref,
          labels: pull.labels.map(({ name }) => name),
          createdAt: isoTime(pull.created_at),
          updatedAt: isoTime(pull.updated_at),
          url: webPage(pull.html_url),
        })),
        nextCursor: cursorAfter(page, headers.link),
      };
    },
  });
}
