import { z } from 'zod';
import { RepositoryState } from '../../../../shared/tracking-views.ts';
import { Problem, problemOf } from '../problem.ts';
import { defineTool, type Tool } from '../tool.ts';
import { Event, eventOf, filled, RepositoryName, repositoryNamed, SyncedAt, type Tracked } from './values.ts';

const FEW = 5;
/** A quarter of a year. */
const WEEKS = 13;
const LANGUAGES = 5;

const Time = z.iso.datetime();

export const RepositorySummary = z.strictObject({
  repository: z.string(),
  host: z.string(),
  url: z.url(),
  description: z.string().optional(),
  state: RepositoryState.describe(
    'left_out: the person does not choose it any more; gone: no account sees it any more.',
  ),
  private: z.boolean(),
  fork: z.boolean(),
  archived: z.boolean(),
  languages: z.array(z.strictObject({ name: z.string(), share: z.number().describe('Of the bytes, 0 to 1.') })),
  topics: z.array(z.string()),
  license: z.string().optional(),
  defaultBranch: z.string().optional().describe('Left out: the repository is empty.'),
  stars: z.int(),
  starsTrend: z.int().describe('How the stars changed within 30 days, as far as that was seen.'),
  forks: z.int(),
  watchers: z.int(),
  openIssues: z.int().describe('Without pull requests.'),
  openPullRequests: z.int(),
  pushedAt: Time.optional(),
  stored: z
    .strictObject({ commits: z.int(), branches: z.int(), releases: z.int() })
    .describe('How many are stored here.'),
  commitsByWeek: z.array(z.int()).describe(`Of the default branch, in the last ${WEEKS} weeks, the oldest first.`),
  latestRelease: z.strictObject({ tag: z.string(), name: z.string(), publishedAt: Time, url: z.url() }).optional(),
  latestCommits: z.array(z.strictObject({ sha: z.string(), headline: z.string(), committedAt: Time })),
  latestEvents: z.array(Event),
  syncedAt: SyncedAt,
  problem: Problem.optional().describe('Why the last look at GitHub failed.'),
});
export type RepositorySummary = z.infer<typeof RepositorySummary>;

/** @throws AppError as `repositoryNamed` */
export async function summaryOf(tracked: Tracked, name: string): Promise<RepositorySummary> {
  const { queries } = tracked;
  const view = await repositoryNamed(tracked, name);
  const [releases, commits, events] = await Promise.all([
    queries.releases({ repositoryId: view.id, limit: 1 }),
    queries.commits({ repositoryId: view.id, limit: FEW }),
    queries.activity({ repositoryId: view.id, limit: FEW }),
  ]);
  const [release] = releases.items;
  const latestRelease = release && {
    ...{ tag: release.tag, name: release.name, publishedAt: release.publishedAt, url: release.url },
  };
  return {
    ...{ repository: `${view.owner}/${view.name}`, host: view.host, url: view.url },
    ...filled({ description: view.description }),
    ...{ state: view.state, private: view.private, fork: view.fork, archived: view.archived },
    languages: view.languages.slice(0, LANGUAGES).map(({ name, share }) => ({ name, share: Number(share.toFixed(3)) })),
    topics: view.topics,
    ...filled({ license: view.license, defaultBranch: view.defaultBranch }),
    ...{ stars: view.stars, starsTrend: view.starsTrend, forks: view.forks, watchers: view.watchers },
    ...{ openIssues: view.openIssues, openPullRequests: view.openPullRequests },
    ...filled({ pushedAt: view.pushedAt }),
    stored: { commits: view.commits, branches: view.branches, releases: view.releases },
    commitsByWeek: view.commitsByWeek.slice(-WEEKS),
    ...filled({ latestRelease }),
    latestCommits: commits.items.map(({ oid, headline, committedAt }) => ({ sha: oid, headline, committedAt })),
    latestEvents: events.items.map(eventOf),
    syncedAt: view.lookedAt,
    ...filled({ problem: problemOf(view.problem) }),
  };
}

/** One repository at a glance. */
export function repositorySummary(tracked: Tracked): Tool {
  return defineTool({
    name: 'repository_summary',
    title: 'A repository at a glance',
    description:
      'Tells how a tracked GitHub repository stands: numbers and their trend, commits a week, the latest release, commits and events. Answered from this machine, without asking GitHub.',
    openWorld: true,
    input: z.strictObject({ repository: RepositoryName }),
    output: RepositorySummary,
    run: ({ repository }) => summaryOf(tracked, repository),
  });
}
