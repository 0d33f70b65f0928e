import type { Kysely } from 'kysely';
import type { Schema } from '../../src/main/storage/schema.ts';
import type { TrueRepository } from './tracked-truth.ts';

/** What the database holds of the repositories that are tracked, in the form of `truth`: by GitHub's number of them. */
export async function storedTruth(db: Kysely<Schema>): Promise<Map<number, TrueRepository>> {
  const repositories = await db.selectFrom('tracked_repositories').selectAll().where('state', '=', 'tracked').execute();
  const found = new Map<number, TrueRepository>();
  for (const row of repositories) {
    const of = <T extends 'tracked_commits' | 'tracked_branches' | 'tracked_pull_requests' | 'tracked_releases'>(
      table: T,
    ) => db.selectFrom(table as 'tracked_commits').where('repository_id', '=', row.id);
    const commits = await of('tracked_commits').selectAll().orderBy('oid').execute();
    const branches = await db.selectFrom('tracked_branches').selectAll().where('repository_id', '=', row.id).execute();
    const pulls = await db
      .selectFrom('tracked_pull_requests')
      .selectAll()
      .where('repository_id', '=', row.id)
      .orderBy('number')
      .execute();
    const releases = await db
      .selectFrom('tracked_releases')
      .selectAll()
      .where('repository_id', '=', row.id)
      .orderBy('github_id')
      .execute();
    found.set(row.github_id, {
      details: {
        ...{ githubId: row.github_id, owner: row.owner, name: row.name, private: row.private === 1 },
        ...{ fork: row.fork === 1, archived: row.archived === 1, description: row.description },
        ...{ languages: JSON.parse(row.languages), topics: JSON.parse(row.topics), license: row.license },
        ...{ stars: row.stars, forks: row.forks, watchers: row.watchers, openIssues: row.open_issues },
        ...{ openPullRequests: row.open_pull_requests, defaultBranch: row.default_branch },
        ...{ createdAt: row.created_at, pushedAt: row.pushed_at, updatedAt: row.updated_at },
      },
      commits: commits.map((commit) => ({
        ...{ oid: commit.oid, authorName: commit.author_name, authorLogin: commit.author_login },
        ...{ authoredAt: commit.authored_at, committedAt: commit.committed_at },
        ...{ headline: commit.headline, body: commit.body },
        ...{ additions: commit.additions, deletions: commit.deletions },
      })),
      branches: branches
        .map(({ name, head_oid, committed_at }) => ({ name, headOid: head_oid, committedAt: committed_at }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
      pullRequests: pulls.map((pull) => ({
        ...{ number: pull.number, title: pull.title, author: pull.author },
        ...{ state: pull.state as 'open', draft: pull.draft === 1, headRef: pull.head_ref, baseRef: pull.base_ref },
        ...{ review: pull.review as 'approved' | null, reviews: pull.reviews, reviewers: JSON.parse(pull.reviewers) },
        ...{ checks: pull.checks as 'success' | null, mergeable: pull.mergeable as 'mergeable' | null },
        ...{ labels: JSON.parse(pull.labels), additions: pull.additions, deletions: pull.deletions },
        ...{ createdAt: pull.created_at, updatedAt: pull.updated_at },
        ...{ mergedAt: pull.merged_at, closedAt: pull.closed_at },
      })),
      releases: releases.map(({ github_id, tag, name, prerelease, published_at }) => ({
        ...{ githubId: github_id, tag, name, prerelease: prerelease === 1, publishedAt: published_at },
      })),
    });
  }
  return found;
}
