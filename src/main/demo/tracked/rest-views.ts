import { isoTime } from './iso-time.ts';
import type { Owner, WorldCommit, WorldPullRequest, WorldRelease, WorldRepository } from './model.ts';
import { nodeId } from './node-ids.ts';
import type { World } from './world.ts';

/** What the REST API and webhooks show, field by field as GitHub names them. */
export interface RestViews {
  account(login: string): Record<string, unknown>;
  repository(repository: WorldRepository): Record<string, unknown>;
  /** With what only the page of one repository has. */
  repositoryDetails(repository: WorldRepository): Record<string, unknown>;
  commit(repository: WorldRepository, commit: WorldCommit): Record<string, unknown>;
  /** As a push carries it. */
  pushedCommit(repository: WorldRepository, commit: WorldCommit): Record<string, unknown>;
  branch(repository: WorldRepository, name: string, oid: string): Record<string, unknown>;
  pull(repository: WorldRepository, pull: WorldPullRequest): Record<string, unknown>;
  pullDetails(repository: WorldRepository, pull: WorldPullRequest): Record<string, unknown>;
  release(repository: WorldRepository, release: WorldRelease): Record<string, unknown>;
}

export function createRestViews({ world, origin }: { world: World; origin: () => string }): RestViews {
  const api = (repository: WorldRepository) => `${origin()}/repos/${repository.owner}/${repository.name}`;
  const page = (repository: WorldRepository) => `${origin()}/${repository.owner}/${repository.name}`;

  const ownerView = ({ id, login, type }: Owner) => ({
    ...{ login, id, node_id: nodeId('Owner', id), avatar_url: `${origin()}/avatars/${id}`, gravatar_id: '' },
    ...{ url: `${origin()}/users/${login}`, html_url: `${origin()}/${login}`, type, site_admin: false },
  });

  const views: RestViews = {
    account: (login) => ownerView(world.owner(login)),
    repository(repository) {
      const { id, owner, name, license, stars, forks, topics, languages } = repository;
      const pulls = [...repository.pullRequests.values()].filter(({ state }) => state === 'OPEN').length;
      const [language = null] = Object.entries(languages).sort(([, a], [, b]) => b - a)[0] ?? [];
      const isPrivate = repository.private;
      return {
        ...{ id, node_id: nodeId('Repository', id), name, full_name: `${owner}/${name}`, private: isPrivate },
        ...{ owner: views.account(owner), html_url: page(repository), description: repository.description },
        ...{ fork: repository.fork, url: api(repository), clone_url: `${page(repository)}.git`, homepage: null },
        ...{ created_at: isoTime(repository.createdAt), updated_at: isoTime(repository.updatedAt) },
        ...{ pushed_at: isoTime(repository.pushedAt), size: repository.commits.size, language },
        ...{ stargazers_count: stars, watchers_count: stars, watchers: stars, forks_count: forks, forks, topics },
        // Here pull requests count as issues.
        ...{ open_issues_count: repository.openIssues + pulls, open_issues: repository.openIssues + pulls },
        ...{ has_issues: true, archived: repository.archived, disabled: false, is_template: false },
        license: license === null ? null : { key: license.toLowerCase(), name: license, spdx_id: license, url: null },
        ...{ visibility: isPrivate ? 'private' : 'public', default_branch: repository.defaultBranch },
      };
    },
    repositoryDetails: (repository) => ({
      ...views.repository(repository),
      ...{ subscribers_count: repository.watchers, network_count: repository.forks },
    }),
    commit(repository, { oid, parents, message, author, authoredAt, committedAt }) {
      const person = (at: number) =>
        author === null ? null : { name: author.name ?? '', email: author.email, date: isoTime(at) };
      const account = author?.login == null ? null : views.account(author.login);
      const at = (sha: string) => ({
        ...{ sha, url: `${api(repository)}/commits/${sha}`, html_url: `${page(repository)}/commit/${sha}` },
      });
      return {
        ...{ ...at(oid), node_id: nodeId('Commit', repository.id, oid), author: account, committer: account },
        parents: parents.map(at),
        commit: { author: person(authoredAt), committer: person(committedAt), message, comment_count: 0 },
      };
    },
    pushedCommit: (repository, { oid, message, author, committedAt }) => ({
      ...{ id: oid, tree_id: oid, distinct: true, message, timestamp: isoTime(committedAt) },
      url: `${page(repository)}/commit/${oid}`,
      author: { name: author?.name ?? '', email: author?.email ?? '', username: author?.login ?? undefined },
      committer: { name: author?.name ?? '', email: author?.email ?? '', username: author?.login ?? undefined },
      ...{ added: [], removed: [], modified: [] },
    }),
    branch: (repository, name, oid) => ({
      ...{ name, commit: { sha: oid, url: `${api(repository)}/commits/${oid}` }, protected: false },
    }),
    pull(repository, pull) {
      const { id, number, title, body, state, draft, author, headRef, baseRef, headOid, baseOid } = pull;
      const end = (ref: string, sha: string) => ({
        ...{ label: `${repository.owner}:${ref}`, ref, sha, user: views.account(repository.owner) },
        repo: views.repository(repository),
      });
      const [people, teams] = [false, true].map((team) =>
        pull.requestedReviewers.filter((reviewer) => reviewer.includes('/') === team),
      );
      return {
        ...{ id, node_id: nodeId('PullRequest', repository.id, number), number, title, body, draft, locked: false },
        ...{ url: `${api(repository)}/pulls/${number}`, html_url: `${page(repository)}/pull/${number}` },
        ...{ state: state === 'OPEN' ? 'open' : 'closed', user: author === null ? null : views.account(author) },
        ...{ created_at: isoTime(pull.createdAt), updated_at: isoTime(pull.updatedAt) },
        ...{ closed_at: isoTime(pull.closedAt), merged_at: isoTime(pull.mergedAt) },
        ...{ merge_commit_sha: pull.mergeCommitOid, assignee: null, assignees: [], milestone: null },
        requested_reviewers: people?.map(views.account),
        requested_teams: teams?.map((slug) => ({ slug: slug.split('/')[1], name: slug.split('/')[1] })),
        labels: pull.labels.map((name) => ({ name, color: 'ededed', default: false })),
        ...{ head: end(headRef, headOid), base: end(baseRef, baseOid) },
      };
    },
    pullDetails: (repository, pull) => ({
      ...views.pull(repository, pull),
      ...{ merged: pull.state === 'MERGED', mergeable_state: pull.mergeable === 'CONFLICTING' ? 'dirty' : 'clean' },
      mergeable: pull.mergeable === 'UNKNOWN' ? null : pull.mergeable === 'MERGEABLE',
      ...{ additions: pull.additions, deletions: pull.deletions, review_comments: 0, comments: 0 },
    }),
    release: (repository, { id, tag, name, body, draft, prerelease, createdAt, updatedAt, publishedAt }) => ({
      ...{ id, node_id: nodeId('Release', repository.id, id), tag_name: tag, name, body, draft, prerelease },
      ...{ url: `${api(repository)}/releases/${id}`, html_url: `${page(repository)}/releases/tag/${tag}` },
      ...{ author: views.account(repository.owner), target_commitish: repository.defaultBranch, assets: [] },
      ...{ created_at: isoTime(createdAt), updated_at: isoTime(updatedAt), published_at: isoTime(publishedAt) },
    }),
  };
  return views;
}
