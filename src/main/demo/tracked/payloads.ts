import { isoTime } from './iso-time.ts';
import type { Happening, Review, WorldCommit, WorldPullRequest, WorldRelease, WorldRepository } from './model.ts';
import type { RestViews } from './rest-views.ts';
import type { World } from './world.ts';

/**
 * The payload of a webhook, as things stand now.
 *
 * @see https://docs.github.com/en/webhooks/webhook-events-and-payloads
 */
export function payloadOf(world: World, views: RestViews, happening: Happening): Record<string, unknown> {
  const { event, repository, fields, sender } = happening;
  const owner = world.owner(repository.owner);
  const shown = Object.entries(fields).map(([name, value]) => shownAs(views, happening, name, value));
  const page = String(views.repository(repository).html_url);
  return {
    ...Object.fromEntries(shown.flat()),
    ...(event === 'push' ? pushFields(page, fields, sender) : {}),
    repository: event === 'push' ? pushedRepository(views, repository) : views.repository(repository),
    ...(owner.type === 'Organization' ? { organization: { login: owner.login, id: owner.id } } : {}),
    sender: views.account(sender),
  };
}

/** One field of ours as those that GitHub has for it. */
function shownAs(views: RestViews, happening: Happening, name: string, value: unknown): [string, unknown][] {
  const { repository, fields } = happening;
  switch (name) {
    case 'pull_request':
      return [[name, views.pullDetails(repository, value as WorldPullRequest)]];
    case 'release':
      return [[name, views.release(repository, value as WorldRelease)]];
    case 'forkee':
      return [[name, views.repository(value as WorldRepository)]];
    case 'commits':
      return [[name, (value as WorldCommit[]).map((commit) => views.pushedCommit(repository, commit))]];
    case 'head_commit':
      return [[name, value === null ? null : views.pushedCommit(repository, value as WorldCommit)]];
    case 'requested':
      return [reviewer(views, String(value))];
    case 'review': {
      const { id, author, state, body, submittedAt } = value as Review;
      const commit = (fields.pull_request as WorldPullRequest).headOid;
      const about = { id, body, state: state.toLowerCase(), submitted_at: isoTime(submittedAt), commit_id: commit };
      return [[name, { ...about, user: views.account(author) }]];
    }
    default:
      return [[name, value]];
  }
}

function reviewer(views: RestViews, who: string): [string, unknown] {
  const [, team] = who.split('/');
  return team === undefined
    ? ['requested_reviewer', views.account(who)]
    : ['requested_team', { name: team, slug: team }];
}

function pushFields(page: string, { before, after }: Record<string, unknown>, sender: string) {
  return {
    compare: `${page}/compare/${String(before).slice(0, 12)}...${String(after).slice(0, 12)}`,
    pusher: { name: sender, email: `${sender}@users.noreply.example.test` },
  };
}

/** Pushes alone tell these times as seconds since the epoch. */
function pushedRepository(views: RestViews, repository: WorldRepository): Record<string, unknown> {
  const { createdAt, pushedAt, defaultBranch, stars } = repository;
  const seconds = (at: number | null) => (at === null ? null : Math.floor(at / 1_000));
  return {
    ...views.repository(repository),
    ...{
      created_at: seconds(createdAt),
      pushed_at: seconds(pushedAt),
      master_branch: defaultBranch,
      stargazers: stars,
    },
  };
}
