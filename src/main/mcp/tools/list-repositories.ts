import { z } from 'zod';
import type { Connections } from '../../connections/connections.ts';
import { AccountParameter, gitHubFor } from './github-account.ts';
import { isoTime, webPage } from './github-values.ts';
import { cursorAfter, NextCursor, PageParameters, pageOf } from './paging.ts';
import { defineTool, type Tool } from './tool.ts';

const Output = z.strictObject({
  account: z.string().describe('The account that was asked, as host/login.'),
  repositories: z.array(
    z.strictObject({
      fullName: z.string().describe('owner/name, as get_pull_requests takes it.'),
      description: z.string().nullable(),
      private: z.boolean(),
      fork: z.boolean(),
      archived: z.boolean(),
      defaultBranch: z.string(),
      language: z.string().nullable(),
      openIssues: z.int().describe('Open issues and pull requests together.'),
      pushedAt: z.iso.datetime().nullable(),
      url: z.url().nullable(),
    }),
  ),
  nextCursor: NextCursor,
});

/**
 * The repositories that the person owns or works on.
 * @see https://docs.github.com/en/rest/repos/repos#list-repositories-for-the-authenticated-user
 */
export function listRepositories({ connections }: { connections: Pick<Connections, 'list' | 'github'> }): Tool {
  return defineTool({
    name: 'list_repositories',
    title: 'Repositories on GitHub',
    description:
      'Lists the GitHub repositories that the person owns or works on, private ones included, the last pushed to first.',
    openWorld: true,
    input: z.strictObject({ account: AccountParameter, ...PageParameters }),
    output: Output,
    async run(input, { signal }) {
      const page = pageOf(input);
      const { github, account } = await gitHubFor(connections, input.account);
      const { data, headers } = await github.request('GET /user/repos', {
        sort: 'pushed',
        direction: 'desc',
        ...page,
        request: { signal },
      });
      return {
        account,
        repositories: data.map((repository) => ({
          fullName: repository.full_name,
          description: repository.description ?? null,
          private: repository.private,
          fork: repository.fork,
          archived: repository.archived,
          defaultBranch: repository.default_branch,
          language: repository.language ?? null,
          openIssues: repository.open_issues_count,
          pushedAt: isoTime(repository.pushed_at),
          url: webPage(repository.html_url),
        })),
        nextCursor: cursorAfter(page, headers.link),
      };
    },
  });
}
