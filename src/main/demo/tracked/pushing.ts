import { ancestors } from './commit-graph.ts';
import type { WorldCommit, WorldRepository } from './model.ts';
import type { WorldCore } from './world-core.ts';

/** What is said of a new commit; the rest is made up. */
export type CommitDraft = Partial<Omit<WorldCommit, 'oid' | 'parents'>>;

export interface When {
  /** Default: now. */
  at?: number;
  /** Default: the owner. */
  by?: string;
}

/** Changes of branches. Each one moves `pushedAt`, as at GitHub. */
export interface Pushing {
  /** Adds commits to a branch, which comes into being where there is none. @returns them, the oldest first */
  push(
    repository: WorldRepository,
    input?: When & { branch?: string; commits?: number | readonly CommitDraft[] },
  ): WorldCommit[];
  /** Takes commits off a branch and puts others there. */
  forcePush(
    repository: WorldRepository,
    input: When & { branch?: string; drop: number; commits?: number | readonly CommitDraft[] },
  ): WorldCommit[];
  /** Merges a commit into a branch. @returns the merge commit */
  mergeCommit(
    repository: WorldRepository,
    input: When & { branch?: string; merged: string; commit?: CommitDraft },
  ): WorldCommit;
  /** @param from a commit; default: the head of the default branch */
  createBranch(repository: WorldRepository, name: string, input?: When & { from?: string }): void;
  /** To any commit that is there, wherever it lies. */
  moveBranch(repository: WorldRepository, name: string, to: string, when?: When): void;
  deleteBranch(repository: WorldRepository, name: string, when?: When): void;
  /** @throws RangeError where there is no such branch */
  changeDefaultBranch(repository: WorldRepository, name: string, when?: When): void;
  /** All branches go, with everything that they led to. */
  empty(repository: WorldRepository, when?: When): void;
  /** Throws away what no branch and no pull request leads to any more, as GitHub does some day. */
  collect(repository: WorldRepository): void;
}

const NOTHING = '0'.repeat(40);

export function createPushing(core: WorldCore): Pushing {
  /** Makes commits on top of one another, without telling anybody. */
  const grow = (
    repository: WorldRepository,
    base: readonly string[],
    drafts: number | readonly CommitDraft[],
    at: number,
  ): WorldCommit[] => {
    const list = typeof drafts === 'number' ? Array.from({ length: drafts }, (): CommitDraft => ({})) : drafts;
    let parents = base;
    return list.map((draft) => {
      const oid = core.nextOid();
      const committedAt = draft.committedAt ?? at;
      const commit: WorldCommit = {
        oid,
        parents,
        message: draft.message ?? `Change ${oid.slice(0, 7)}`,
        author: draft.author === undefined ? authorOf(repository.owner) : draft.author,
        authoredAt: draft.authoredAt ?? committedAt,
        committedAt,
        additions: draft.additions ?? 1 + (Number.parseInt(oid.slice(0, 2), 16) % 40),
        deletions: draft.deletions ?? Number.parseInt(oid.slice(2, 4), 16) % 20,
      };
      repository.commits.set(oid, commit);
      parents = [oid];
      return commit;
    });
  };

  /** Lets a branch point elsewhere, and everything that follows from it. */
  const point = (
    repository: WorldRepository,
    { branch, to, at, by, commits, forced }: Pointing & { at: number; by: string },
  ): void => {
    const before = repository.branches.get(branch);
    if (to === null) repository.branches.delete(branch);
    else repository.branches.set(branch, to);
    repository.pushedAt = at;
    if (branch === repository.defaultBranch) repository.updatedAt = at;
    const about = { repository, sender: by };
    if (before === undefined || to === null) {
      const fields = { ref: branch, ref_type: 'branch', pusher_type: 'user' };
      const master = { master_branch: repository.defaultBranch, description: repository.description };
      core.tell({ ...about, event: to === null ? 'delete' : 'create', fields: { ...fields, ...(to ? master : {}) } });
    }
    core.tell({
      ...about,
      event: 'push',
      fields: {
        ...{ ref: `refs/heads/${branch}`, before: before ?? NOTHING, after: to ?? NOTHING, base_ref: null },
        ...{ created: before === undefined, deleted: to === null, forced },
        commits: commits.slice(-20),
        head_commit: repository.commits.get(to ?? '') ?? null,
      },
    });
    if (to === null) {
      closePulls(repository, branch, { at, by });
      return;
    }
    for (const pull of repository.pullRequests.values()) {
      if (pull.state !== 'OPEN' || pull.headRef !== branch || pull.headOid !== before) continue;
      pull.headOid = to;
      pull.updatedAt = at;
      pull.additions += commits.reduce((sum, { additions }) => sum + additions, 0);
      pull.deletions += commits.reduce((sum, { deletions }) => sum + deletions, 0);
      core.tell({
        ...about,
        event: 'pull_request',
        fields: { action: 'synchronize', number: pull.number, before, after: to, pull_request: pull },
      });
    }
  };

  /** A pull request does not outlive its branches. */
  const closePulls = (repository: WorldRepository, branch: string, { at, by }: { at: number; by: string }): void => {
    for (const pull of repository.pullRequests.values()) {
      if (pull.state !== 'OPEN' || (pull.headRef !== branch && pull.baseRef !== branch)) continue;
      Object.assign(pull, { state: 'CLOSED', closedAt: at, updatedAt: at, mergeable: 'UNKNOWN' });
      const fields = { action: 'closed', number: pull.number, pull_request: pull };
      core.tell({ event: 'pull_request', repository, sender: by, fields });
    }
  };

  const headOf = (repository: WorldRepository, branch: string) => {
    const head = repository.branches.get(branch);
    if (head === undefined) throw new RangeError(`${repository.owner}/${repository.name} has no branch ${branch}`);
    return head;
  };

  const pushing: Pushing = {
    push(repository, { branch = repository.defaultBranch, commits = 1, ...when } = {}) {
      const { at, by } = whenOf(core, repository, when);
      const base = repository.branches.get(branch) ?? repository.branches.get(repository.defaultBranch);
      const made = grow(repository, base === undefined ? [] : [base], commits, at);
      const to = made.at(-1)?.oid ?? base;
      if (to !== undefined) point(repository, { branch, to, at, by, commits: made, forced: false });
      return made;
    },
    forcePush(repository, { branch = repository.defaultBranch, drop, commits = 1, ...when }) {
      const { at, by } = whenOf(core, repository, when);
      let base: string | undefined = headOf(repository, branch);
      for (let left = drop; left > 0 && base !== undefined; left -= 1) base = repository.commits.get(base)?.parents[0];
      const made = grow(repository, base === undefined ? [] : [base], commits, at);
      const to = made.at(-1)?.oid ?? base;
      if (to === undefined) throw new RangeError('a branch cannot be left without any commit');
      point(repository, { branch, to, at, by, commits: made, forced: true });
      return made;
    },
    mergeCommit(repository, { branch = repository.defaultBranch, merged, commit = {}, ...when }) {
      const { at, by } = whenOf(core, repository, when);
      const draft = { message: `Merge commit '${merged.slice(0, 7)}'`, additions: 0, deletions: 0, ...commit };
      const made = grow(repository, [headOf(repository, branch), merged], [draft], at);
      const [merge] = made;
      if (!merge) throw new TypeError('one draft makes one commit');
      point(repository, { branch, to: merge.oid, at, by, commits: made, forced: false });
      return merge;
    },
    createBranch(repository, name, { from, ...when } = {}) {
      const to = from ?? headOf(repository, repository.defaultBranch);
      point(repository, { branch: name, to, ...whenOf(core, repository, when), commits: [], forced: false });
    },
    moveBranch(repository, name, to, when = {}) {
      const forced = !ancestors(repository.commits, to).has(headOf(repository, name));
      point(repository, { branch: name, to, ...whenOf(core, repository, when), commits: [], forced });
    },
    deleteBranch(repository, name, when = {}) {
      headOf(repository, name);
      point(repository, { branch: name, to: null, ...whenOf(core, repository, when), commits: [], forced: false });
    },
    changeDefaultBranch(repository, name, when = {}) {
      headOf(repository, name);
      const { at, by } = whenOf(core, repository, when);
      const changes = { default_branch: { from: repository.defaultBranch } };
      repository.defaultBranch = name;
      repository.updatedAt = at;
      core.tell({ event: 'repository', repository, sender: by, fields: { action: 'edited', changes } });
    },
    empty(repository, when = {}) {
      for (const branch of [...repository.branches.keys()]) pushing.deleteBranch(repository, branch, when);
      pushing.collect(repository);
    },
    collect(repository) {
      const pulls = [...repository.pullRequests.values()];
      const kept = ancestors(
        repository.commits,
        ...repository.branches.values(),
        ...pulls.flatMap(({ headOid, baseOid, mergeCommitOid }) => [headOid, baseOid, mergeCommitOid ?? headOid]),
      );
      for (const oid of [...repository.commits.keys()]) if (!kept.has(oid)) repository.commits.delete(oid);
    },
  };
  return pushing;
}

interface Pointing {
  branch: string;
  /** Null: the branch goes. */
  to: string | null;
  commits: readonly WorldCommit[];
  forced: boolean;
}

export function whenOf(core: WorldCore, repository: WorldRepository, { at, by }: When): { at: number; by: string } {
  return { at: at ?? core.now(), by: by ?? repository.owner };
}

function authorOf(login: string): WorldCommit['author'] {
  return { name: login, email: `${login}@users.noreply.example.test`, login };
}
