/** What GitHub's own REST API calls things, for what we know of them. What it does not have stands under names like its. */

import { DAY_MS } from '../../../shared/durations.ts';
import type {
  BranchView,
  CommitView,
  ContributionsView,
  EventView,
  PullRequestView,
  RepositoryDetails,
  RepositoryRef,
} from '../../../shared/tracking-views.ts';
import { isoDate } from '../../core/iso-time.ts';
import type { PlainRepository } from '../../tracking/tracking.ts';

const DAYS_OF_A_WEEK = 7;
const SHADES = [0, 1, 2, 4, 6, 9];

/** @param gitHubId GitHub's own number of it */
export function repositoryBody(view: Omit<PlainRepository, 'gitHubId'>, gitHubId: number | null) {
  return {
    id: gitHubId,
    name: view.name,
    full_name: `${view.owner}/${view.name}`,
    owner: { login: view.owner },
    private: view.private,
    html_url: view.url,
    description: view.description,
    fork: view.fork,
    archived: view.archived,
    language: view.language,
    stargazers_count: view.stars,
    forks_count: view.forks,
    // Who watches it. At GitHub this is the number of stars, for old times' sake, and the other name is the right one.
    watchers_count: view.watchers,
    subscribers_count: view.watchers,
    // As at GitHub: a pull request is an issue, too.
    open_issues_count: view.openIssues + view.openPullRequests,
    open_pull_requests_count: view.openPullRequests,
    default_branch: view.defaultBranch,
    pushed_at: seconds(view.pushedAt),
    updated_at: seconds(view.updatedAt),
    host: view.host,
    state: view.state,
    synced_at: view.lookedAt,
  };
}

/** One repository by itself. */
export function detailsBody(view: RepositoryDetails, gitHubId: number | null) {
  return {
    ...repositoryBody(view, gitHubId),
    created_at: seconds(view.createdAt),
    topics: view.topics,
    license: view.license === null ? null : { spdx_id: view.license },
    languages: Object.fromEntries(view.languages.map(({ name, share }) => [name, share])),
    stars_trend: view.starsTrend,
    commits_count: view.commits,
    branches_count: view.branches,
    releases_count: view.releases,
    weeks: view.weeks.map(({ week, ...counts }) => ({ week: date(week), ...counts })),
  };
}

export function commitBody(view: CommitView) {
  const { oid, headline, body, authorName, authorLogin, authoredAt, committedAt, additions, deletions, url } = view;
  return {
    sha: oid,
    html_url: url,
    commit: {
      message: body === '' ? headline : `${headline}\n\n${body}`,
      author: { name: authorName, date: seconds(authoredAt) },
      committer: { date: seconds(committedAt) },
    },
    author: named(authorLogin),
    stats: additions === null || deletions === null ? null : { additions, deletions, total: additions + deletions },
  };
}

export function pullRequestBody(view: PullRequestView) {
  return {
    number: view.number,
    title: view.title,
    state: view.state === 'open' ? 'open' : 'closed',
    merged: view.state === 'merged',
    draft: view.draft,
    user: named(view.author),
    head: { ref: view.headRef },
    base: { ref: view.baseRef },
    labels: view.labels.map((name) => ({ name })),
    requested_reviewers: view.reviewers.map((login) => ({ login })),
    review_decision: view.review,
    reviews_count: view.reviews,
    checks: view.checks,
    mergeable: view.mergeable === null ? null : view.mergeable === 'mergeable',
    additions: view.additions,
    deletions: view.deletions,
    waits_for: view.waitsFor,
    created_at: seconds(view.createdAt),
    updated_at: seconds(view.updatedAt),
    closed_at: seconds(view.closedAt),
    merged_at: seconds(view.mergedAt),
    html_url: view.url,
  };
}

export function branchBody({ name, headOid, committedAt, isDefault, url }: BranchView) {
  return { name, commit: { sha: headOid }, default: isDefault, committed_at: seconds(committedAt), html_url: url };
}

export function eventBody({
  id,
  kind,
  repository,
  at,
  noticedAt,
  actor,
  number,
  title,
  before,
  after,
  count,
  url,
}: EventView) {
  return {
    id,
    kind,
    repository: referenceBody(repository),
    actor: named(actor),
    ...{ number, title, before, after, count },
    created_at: at,
    noticed_at: noticedAt,
    html_url: url,
  };
}

/** The last three are what the pages of Trackeep read: the same days with a shade, the last seven counts, the total. */
export function contributionsBody({ days, weeks, total }: ContributionsView) {
  return {
    total,
    days: days.map(({ day, count }) => ({ date: date(day), count })),
    weeks: weeks.map(({ week, count }) => ({ week: date(week), count })),
    contributions: days.map(({ day, count }) => ({ date: date(day), count, level: shadeOf(count) })),
    weekly_data: days.slice(-DAYS_OF_A_WEEK).map(({ count }) => count),
    total_count: total,
  };
}

/** From 0 to 5, each with the least count it takes, as Trackeep colours its days. */
function shadeOf(count: number): number {
  return SHADES.findLastIndex((least) => count >= least);
}

function referenceBody({ host, owner, name, private: isPrivate, url }: RepositoryRef) {
  return { name, full_name: `${owner}/${name}`, owner: { login: owner }, private: isPrivate, host, html_url: url };
}

function named(login: string | null) {
  return login === null ? null : { login };
}

/** GitHub writes its times without fractions of a second. */
function seconds<T extends string | null>(time: T): T {
  return (time === null ? null : time.replace(/\.\d+Z$/, 'Z')) as T;
}

function date(day: number): string {
  return isoDate(day * DAY_MS);
}
