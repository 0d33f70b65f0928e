import { z } from 'zod';
import { NextCursor } from '../paging.ts';
import { defineTool, type Tool } from '../tool.ts';
import {
  filled,
  Instant,
  RepositoryName,
  repositoryNamed,
  Search,
  SyncedAt,
  type Tracked,
  TrackedPage,
} from './values.ts';

/** A message beyond this is cut: it goes into a model's context. */
const LONGEST_BODY = 2_000;

/** The commits of a repository's default branch. */
export function listCommits(tracked: Tracked): Tool {
  return defineTool({
    name: 'list_commits',
    title: 'Commits of a repository',
    description:
      'Lists the commits of the default branch of a tracked GitHub repository, the latest first. Answered from this machine, without asking GitHub.',
    openWorld: true,
    input: z.strictObject({
      repository: RepositoryName,
      author: Search.optional().describe('A login, or part of a name.'),
      query: Search.optional().describe('Part of the message.'),
      since: Instant.optional().describe('Committed from then on: a day, or a time with its offset.'),
      until: Instant.optional().describe('Committed before then.'),
      bodies: z.boolean().default(false).describe('With the messages below their first lines.'),
      ...TrackedPage,
    }),
    output: z.strictObject({
      repository: z.string(),
      branch: z.string().nullable().describe('The default branch. Null: the repository is empty.'),
      syncedAt: SyncedAt,
      commits: z.array(
        z.strictObject({
          sha: z.string(),
          headline: z.string(),
          body: z.string().optional(),
          author: z.string().optional().describe('The login, or else the name.'),
          committedAt: z.iso.datetime(),
          additions: z.int().optional(),
          deletions: z.int().optional(),
        }),
      ),
      nextCursor: NextCursor,
    }),
    async run({ repository, query, bodies, ...asked }) {
      const { id, owner, name, defaultBranch, lookedAt } = await repositoryNamed(tracked, repository);
      const question = { ...asked, repositoryId: id, ...(query === undefined ? {} : { search: query }) };
      const { items, nextCursor } = await tracked.queries.commits(question);
      return {
        repository: `${owner}/${name}`,
        branch: defaultBranch,
        syncedAt: lookedAt,
        commits: items.map(({ oid, headline, body, authorLogin, authorName, committedAt, additions, deletions }) => ({
          sha: oid,
          headline,
          ...(bodies && body !== '' ? { body: body.slice(0, LONGEST_BODY) } : {}),
          ...filled({ author: authorLogin ?? authorName }),
          committedAt,
          ...filled({ additions, deletions }),
        })),
        nextCursor,
      };
    },
  });
}
