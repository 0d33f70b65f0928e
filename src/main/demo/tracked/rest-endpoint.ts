import type { Exchange } from '../exchange.ts';
import { compare } from './commit-graph.ts';
import type { WorldCommit, WorldRepository } from './model.ts';
import { createRestViews, type RestViews } from './rest-views.ts';
import type { World } from './world.ts';

/** An answer before it gets its ETag. */
export interface RestAnswer {
  status: number;
  text: string;
  type: string;
  link: string | null;
  location?: string;
}

export interface WorldRestParts {
  world: World;
  origin: () => string;
  /** Repositories that somebody else answers for. */
  leaveOut: (repository: WorldRepository) => boolean;
}

/**
 * The REST API's part about repositories of the world. Answers null for every other path and repository.
 *
 * @see https://docs.github.com/en/rest
 */
export function createWorldRest(
  parts: WorldRestParts,
): (exchange: Exchange, login: string | null) => RestAnswer | null {
  const { world, origin, leaveOut } = parts;
  const views = createRestViews({ world, origin });

  return (exchange, login) => {
    const { method, path } = exchange;
    if (method !== 'GET' && method !== 'HEAD') return null;
    if (path === '/user/repos' && login !== null) return ofPerson(exchange, login);
    if (path === '/user/starred' && login !== null) return starredBy(exchange, login);
    const [, id, owner, name, below = ''] =
      /^\/(?:repositories\/(\d+)|repos\/([^/]+)\/([^/]+))((?:\/.*)?)$/.exec(path) ?? [];
    const found = id !== undefined ? byId(world, Number(id)) : find(world, owner, name);
    if (!found || leaveOut(found.repository)) return null;
    const { repository } = found;
    if (!world.sees(login, repository)) return refuse(404, 'Not Found');
    if (found.moved) {
      const { search } = new URL(`?${exchange.query}`, origin());
      const location = `${origin()}/repositories/${repository.id}${below}${search}`;
      return { ...answer(301, { message: 'Moved Permanently', url: location }), location };
    }
    if (repository.blocked) {
      return answer(451, { message: 'Repository access blocked', block: { reason: 'dmca', created_at: null } });
    }
    return ofRepository({ ...parts, views }, { exchange, repository, below: below.slice(1), login });
  };

  /** GET /user/starred: what was starred last comes first. */
  function starredBy(exchange: Exchange, login: string): RestAnswer | null {
    const stars = [...world.owner(login).starred].sort(([, a], [, b]) => b - a);
    if (stars.length === 0) return null;
    const found = stars.flatMap(([id]) => world.repositories.get(id) ?? []);
    const shown = found.filter((repository) => world.sees(login, repository) && !repository.blocked);
    return page(exchange, `${origin()}/user/starred`, shown, views.repository);
  }

  function ofPerson(exchange: Exchange, login: string): RestAnswer | null {
    const own = [...world.repositories.values()].filter(
      (repository) => world.affiliation(login, repository) !== null && !repository.blocked,
    );
    if (own.length === 0) return null;
    const fullName = ({ owner, name }: WorldRepository) => `${owner}/${name}`.toLowerCase();
    const sort = exchange.query.get('sort') ?? 'full_name';
    const time = ({ createdAt, pushedAt, updatedAt }: WorldRepository) =>
      sort === 'pushed' ? (pushedAt ?? 0) : sort === 'updated' ? updatedAt : createdAt;
    const sorted = own.sort((a, b) =>
      sort === 'full_name' ? fullName(a).localeCompare(fullName(b)) : time(b) - time(a),
    );
    const ascending = sort === 'full_name' ? 'asc' : 'desc';
    if ((exchange.query.get('direction') ?? ascending) !== ascending) sorted.reverse();
    return page(exchange, `${origin()}/user/repos`, sorted, views.repository);
  }
}

interface Asked {
  exchange: Exchange;
  repository: WorldRepository;
  /** The path below the repository's own, still percent-encoded. */
  below: string;
  login: string | null;
}

function ofRepository(
  { world, origin, views }: WorldRestParts & { views: RestViews },
  { exchange, repository, below, login }: Asked,
): RestAnswer | null {
  const [part = '', ...rest] = below.split('/').map(decodeURIComponent);
  const which = rest.join('/');
  const { query } = exchange;
  const list = <T>(items: readonly T[], view: (item: T) => unknown) =>
    page(exchange, `${origin()}/repositories/${repository.id}/${part}`, items, view);

  if (part === '') return answer(200, views.repositoryDetails(repository));
  if (part === 'compare')
    return comparison(views, `${origin()}/repositories/${repository.id}/${below}`, exchange, repository, which);
  if (part === 'languages') return answer(200, repository.languages);
  if (part === 'commits') {
    if (repository.branches.size === 0) return refuse(409, 'Git Repository is empty.');
    const from = commitNamed(repository, which || (query.get('sha') ?? repository.defaultBranch));
    if (!from) return which ? refuse(422, `No commit found for SHA: ${which}`) : refuse(404, 'Not Found');
    if (which) return answer(200, { ...views.commit(repository, from), stats: sizes(from), files: [] });
    const since = Date.parse(query.get('since') ?? '') || 0;
    const until = Date.parse(query.get('until') ?? '') || Number.POSITIVE_INFINITY;
    const history = world.history(repository, from.oid).filter(({ committedAt: at }) => at >= since && at <= until);
    return list(history, (commit) => views.commit(repository, commit));
  }
  if (part === 'branches' && !which) {
    return list(
      [...repository.branches].sort(([a], [b]) => (a < b ? -1 : 1)),
      ([name, oid]) => views.branch(repository, name, oid),
    );
  }
  if (part === 'pulls') {
    const pull = repository.pullRequests.get(Number(which));
    if (which) return pull ? answer(200, views.pullDetails(repository, pull)) : refuse(404, 'Not Found');
    const state = query.get('state') ?? 'open';
    const time = query.get('sort') === 'updated' ? 'updatedAt' : 'createdAt';
    const sign = query.get('direction') === 'asc' ? 1 : -1;
    const pulls = [...repository.pullRequests.values()]
      .filter((one) => state === 'all' || (one.state === 'OPEN') === (state === 'open'))
      .sort((a, b) => sign * (a[time] - b[time] || a.number - b.number));
    return list(pulls, (one) => views.pull(repository, one));
  }
  if (part === 'releases' && !which) {
    const drafts = login !== null && world.affiliation(login, repository) !== null;
    const releases = repository.releases
      .filter(({ draft }) => drafts || !draft)
      .sort((a, b) => b.createdAt - a.createdAt);
    return list(releases, (release) => views.release(repository, release));
  }
  return null;
}

/**
 * GET /repos/{owner}/{repo}/compare/{base}...{head}: the commits in the order in which they came, by pages.
 *
 * @see https://docs.github.com/en/rest/commits/commits#compare-two-commits
 */
function comparison(
  views: RestViews,
  address: string,
  exchange: Exchange,
  repository: WorldRepository,
  basehead: string,
): RestAnswer {
  const [from = '', to = ''] = basehead.split('...');
  const base = commitNamed(repository, from);
  const head = commitNamed(repository, to);
  if (!base || !head) return refuse(404, 'Not Found');
  const found = compare(repository.commits, base.oid, head.oid);
  if (!found) return refuse(404, `No common ancestor between ${from} and ${to}.`);
  const { ahead, behindBy, mergeBase, status } = found;
  // Whoever asks for no pages gets 250 commits.
  const paged = exchange.query.has('page') || exchange.query.has('per_page');
  const { items, link, number } = cut(exchange, address, ahead, paged ? null : 250);
  const whole = {
    ...{
      url: address,
      base_commit: views.commit(repository, base),
      merge_base_commit: views.commit(repository, mergeBase),
    },
    ...{ status, ahead_by: ahead.length, behind_by: behindBy, total_commits: ahead.length },
    commits: items.map((commit) => views.commit(repository, commit)),
    ...(number === 1 ? { files: [] } : {}),
  };
  return { ...answer(200, whole), link };
}

/** By its name, in full, or by that of a branch. */
function commitNamed(repository: WorldRepository, name: string): WorldCommit | undefined {
  return repository.commits.get(repository.branches.get(name) ?? name);
}

function byId(world: World, id: number) {
  const repository = world.repositories.get(id);
  return repository ? { repository, moved: false } : null;
}

function find(world: World, owner: string | undefined, name: string | undefined) {
  if (owner === undefined || name === undefined) return null;
  return world.find(decodeURIComponent(owner), decodeURIComponent(name));
}

function page<T>(exchange: Exchange, address: string, items: readonly T[], view: (item: T) => unknown): RestAnswer {
  const { items: some, link } = cut(exchange, address, items, null);
  return { ...answer(200, some.map(view)), link };
}

/** @param size null: as asked for, 30 if not, and at most 100 */
function cut<T>({ query }: Exchange, address: string, items: readonly T[], size: number | null) {
  const perPage = size ?? Math.min(100, Math.max(1, Number(query.get('per_page')) || 30));
  const number = Math.max(1, Number(query.get('page')) || 1);
  const last = Math.max(1, Math.ceil(items.length / perPage));
  const to = (target: number, relation: string) => {
    const parameters = new URLSearchParams(query);
    parameters.set('page', String(target));
    return `<${address}?${parameters}>; rel="${relation}"`;
  };
  const links = [
    ...(number > 1 ? [to(number - 1, 'prev')] : []),
    ...(number < last ? [to(number + 1, 'next'), to(last, 'last')] : []),
    ...(number > 1 ? [to(1, 'first')] : []),
  ];
  const link = size !== null || links.length === 0 ? null : links.join(', ');
  return { items: items.slice((number - 1) * perPage, number * perPage), link, number };
}

function answer(status: number, body: unknown): RestAnswer {
  return { status, text: JSON.stringify(body), type: 'application/json; charset=utf-8', link: null };
}

function refuse(status: number, message: string): RestAnswer {
  return answer(status, { message, documentation_url: 'https://docs.github.com/rest', status: String(status) });
}

const sizes = ({ additions, deletions }: WorldCommit) => ({ additions, deletions, total: additions + deletions });
