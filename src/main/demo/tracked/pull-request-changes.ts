import type { Checks, Review, WorldPullRequest, WorldRepository } from './model.ts';
import { type Pushing, type When, whenOf } from './pushing.ts';
import type { WorldCore } from './world-core.ts';

export interface NewPullRequest {
  /** Default: this branch, which is there. */
  head: string;
  /** The commit, where the branch lies in a fork. */
  headOid?: string;
  base?: string;
  title?: string;
  body?: string;
  author?: string | null;
  draft?: boolean;
  labels?: string[];
  reviewers?: string[];
}

/** Changes of pull requests. All of them move `updatedAt` but those of checks and of mergeability, as at GitHub. */
export interface PullRequestChanges {
  openPullRequest(repository: WorldRepository, input: NewPullRequest & When): WorldPullRequest;
  review(
    repository: WorldRepository,
    number: number,
    input: { author: string; state: Review['state']; body?: string; at?: number },
  ): void;
  requestReview(repository: WorldRepository, number: number, reviewer: string, when?: When): void;
  /** Of its head. @param state null: there are none any more */
  setChecks(repository: WorldRepository, number: number, state: Checks | null): void;
  setMergeable(repository: WorldRepository, number: number, mergeable: WorldPullRequest['mergeable']): void;
  setLabels(repository: WorldRepository, number: number, labels: string[], when?: When): void;
  retitle(repository: WorldRepository, number: number, title: string, when?: When): void;
  setDraft(repository: WorldRepository, number: number, draft: boolean, when?: When): void;
  /** With a merge commit. */
  merge(repository: WorldRepository, number: number, input?: When & { deleteBranch?: boolean }): void;
  close(repository: WorldRepository, number: number, when?: When): void;
  reopen(repository: WorldRepository, number: number, when?: When): void;
}

export function createPullRequestChanges(core: WorldCore, pushing: Pushing): PullRequestChanges {
  const pullOf = (repository: WorldRepository, number: number): WorldPullRequest => {
    const pull = repository.pullRequests.get(number);
    if (!pull) throw new RangeError(`${repository.owner}/${repository.name} has no pull request ${number}`);
    return pull;
  };

  /** Changes one and tells of it. */
  const change = (
    repository: WorldRepository,
    number: number,
    when: When,
    action: string,
    patch: (pull: WorldPullRequest, at: number) => Record<string, unknown> | undefined,
  ): WorldPullRequest => {
    const pull = pullOf(repository, number);
    const { at, by } = whenOf(core, repository, when);
    const more = patch(pull, at);
    pull.updatedAt = at;
    const event = action === 'submitted' ? 'pull_request_review' : 'pull_request';
    const named = event === 'pull_request' ? { number } : {};
    core.tell({ event, repository, sender: by, fields: { action, ...named, pull_request: pull, ...more } });
    return pull;
  };

  return {
    openPullRequest(repository, { head, base = repository.defaultBranch, ...input }) {
      const { at, by } = whenOf(core, repository, input);
      const headOid = input.headOid ?? repository.branches.get(head);
      const baseOid = repository.branches.get(base);
      if (headOid === undefined || baseOid === undefined) throw new RangeError(`there is no ${head} or no ${base}`);
      repository.lastNumber += 1;
      const number = repository.lastNumber;
      const commit = repository.commits.get(headOid);
      const pull: WorldPullRequest = {
        ...{ id: core.nextId(), number, title: input.title ?? `Change ${number}`, body: input.body ?? '' },
        ...{ author: input.author === undefined ? by : input.author, state: 'OPEN', draft: input.draft ?? false },
        ...{ headRef: head, baseRef: base, headOid, baseOid, mergeCommitOid: null, reviews: [] },
        ...{ requestedReviewers: input.reviewers ?? [], labels: input.labels ?? [], mergeable: 'MERGEABLE' },
        ...{ additions: commit?.additions ?? 0, deletions: commit?.deletions ?? 0 },
        ...{ createdAt: at, updatedAt: at, mergedAt: null, closedAt: null },
      };
      repository.pullRequests.set(number, pull);
      const fields = { action: 'opened', number, pull_request: pull };
      core.tell({ event: 'pull_request', repository, sender: by, fields });
      return pull;
    },
    review(repository, number, { author, state, body = '', at }) {
      change(repository, number, { by: author, ...(at === undefined ? {} : { at }) }, 'submitted', (pull, time) => {
        const review: Review = { id: core.nextId(), author, state, body, submittedAt: time };
        pull.reviews.push(review);
        pull.requestedReviewers = pull.requestedReviewers.filter((login) => login !== author);
        return { review };
      });
    },
    requestReview(repository, number, reviewer, when = {}) {
      change(repository, number, when, 'review_requested', (pull) => {
        pull.requestedReviewers = [...new Set([...pull.requestedReviewers, reviewer])];
        return { requested: reviewer };
      });
    },
    setChecks(repository, number, state) {
      const { headOid, headRef } = pullOf(repository, number);
      if (state === null) repository.checks.delete(headOid);
      else repository.checks.set(headOid, state);
      const done = state !== null && state !== 'PENDING' && state !== 'EXPECTED';
      const suite = {
        ...{ id: core.nextId(), head_branch: headRef, head_sha: headOid, status: done ? 'completed' : 'queued' },
        conclusion: done ? (state === 'SUCCESS' ? 'success' : 'failure') : null,
      };
      const fields = { action: done ? 'completed' : 'requested', check_suite: suite };
      core.tell({ event: 'check_suite', repository, sender: repository.owner, fields });
    },
    setMergeable(repository, number, mergeable) {
      pullOf(repository, number).mergeable = mergeable;
    },
    setLabels(repository, number, labels, when = {}) {
      change(repository, number, when, 'labeled', (pull) => {
        pull.labels = labels;
        return { label: { name: labels.at(-1) ?? '' } };
      });
    },
    retitle(repository, number, title, when = {}) {
      change(repository, number, when, 'edited', (pull) => {
        const changes = { title: { from: pull.title } };
        pull.title = title;
        return { changes };
      });
    },
    setDraft(repository, number, draft, when = {}) {
      change(repository, number, when, draft ? 'converted_to_draft' : 'ready_for_review', (pull) => {
        pull.draft = draft;
        return undefined;
      });
    },
    merge(repository, number, { deleteBranch = false, ...when } = {}) {
      const { headOid, baseRef, headRef, title, author } = pullOf(repository, number);
      const { at, by } = whenOf(core, repository, when);
      const { oid } = pushing.mergeCommit(repository, {
        ...{ branch: baseRef, merged: headOid, at, by },
        commit: {
          message: `Merge pull request #${number} from ${author ?? 'ghost'}/${headRef}\n\n${title}`,
          author: { name: by, email: `${by}@users.noreply.example.test`, login: by },
        },
      });
      change(repository, number, { at, by }, 'closed', (pull) => {
        Object.assign(pull, { state: 'MERGED', mergedAt: at, closedAt: at, mergeCommitOid: oid, mergeable: 'UNKNOWN' });
        return undefined;
      });
      if (deleteBranch && repository.branches.has(headRef)) pushing.deleteBranch(repository, headRef, { at, by });
    },
    close(repository, number, when = {}) {
      change(repository, number, when, 'closed', (pull, at) => {
        Object.assign(pull, { state: 'CLOSED', closedAt: at, mergeable: 'UNKNOWN' });
        return undefined;
      });
    },
    reopen(repository, number, when = {}) {
      change(repository, number, when, 'reopened', (pull) => {
        Object.assign(pull, { state: 'OPEN', closedAt: null, mergeable: 'MERGEABLE' });
        return undefined;
      });
    },
  };
}

/** What the reviews come to: the last word of each reviewer counts. */
export function reviewDecision(pull: WorldPullRequest): 'APPROVED' | 'CHANGES_REQUESTED' | 'REVIEW_REQUIRED' | null {
  const last = new Map<string, Review['state']>();
  for (const { author, state } of pull.reviews) if (state !== 'COMMENTED') last.set(author, state);
  const words = [...last.values()];
  if (words.includes('CHANGES_REQUESTED')) return 'CHANGES_REQUESTED';
  if (words.includes('APPROVED')) return 'APPROVED';
  return pull.requestedReviewers.length > 0 ? 'REVIEW_REQUIRED' : null;
}
