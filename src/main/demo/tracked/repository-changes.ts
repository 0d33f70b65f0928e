import { iso } from '../../core/iso-time.ts';
import type { WorldRelease, WorldRepository } from './model.ts';
import { type When, whenOf } from './pushing.ts';
import type { WorldCore } from './world-core.ts';

export type RepositoryDetails = Partial<
  Pick<WorldRepository, 'description' | 'topics' | 'languages' | 'license' | 'watchers'>
>;

/** Changes of a repository that are none of its branches or pull requests. */
export interface RepositoryChanges {
  star(repository: WorldRepository, by: string, at?: number): void;
  unstar(repository: WorldRepository, by: string, at?: number): void;
  /** @returns the fork */
  fork(repository: WorldRepository, by: string, at?: number): WorldRepository;
  openIssue(repository: WorldRepository, input?: When & { title?: string }): void;
  closeIssue(repository: WorldRepository, when?: When): void;
  describe(repository: WorldRepository, details: RepositoryDetails, when?: When): void;
  publishRelease(
    repository: WorldRepository,
    input: When & { tag: string; name?: string | null; body?: string; prerelease?: boolean; draft?: boolean },
  ): WorldRelease;
  editRelease(repository: WorldRepository, id: number, change: { name?: string; prerelease?: boolean }): void;
  removeRelease(repository: WorldRepository, id: number): void;
  renameTo(repository: WorldRepository, name: string, when?: When): void;
  transfer(repository: WorldRepository, owner: string, when?: When): void;
  archive(repository: WorldRepository, archived?: boolean, when?: When): void;
  /** Whoever has nothing to do with it sees it no more. */
  makePrivate(repository: WorldRepository, isPrivate?: boolean, when?: When): void;
  /** Taken down for legal reasons, or back. */
  block(repository: WorldRepository, blocked?: boolean): void;
  /** From now on these fields of GraphQL's Repository are beyond what the app was allowed, and no others. */
  withhold(repository: WorldRepository, fields: readonly string[]): void;
  remove(repository: WorldRepository, when?: When): void;
}

export function createRepositoryChanges(core: WorldCore): RepositoryChanges {
  const tell = (repository: WorldRepository, sender: string, event: string, fields: Record<string, unknown>) =>
    core.tell({ event, repository, sender, fields });

  /** Changes the repository itself, and tells of it as `action`. */
  const change = (
    repository: WorldRepository,
    when: When,
    action: string,
    patch: () => Record<string, unknown> | undefined,
  ) => {
    const { at, by } = whenOf(core, repository, when);
    const more = patch();
    repository.updatedAt = at;
    tell(repository, by, 'repository', { action, ...more });
  };

  return {
    star(repository, by, at = core.now()) {
      const { starred } = core.owner(by);
      if (starred.has(repository.id)) return;
      starred.set(repository.id, at);
      repository.stars += 1;
      repository.updatedAt = at;
      tell(repository, by, 'star', { action: 'created', starred_at: iso(at) });
    },
    unstar(repository, by, at = core.now()) {
      if (!core.owner(by).starred.delete(repository.id)) return;
      repository.stars -= 1;
      repository.updatedAt = at;
      tell(repository, by, 'star', { action: 'deleted', starred_at: null });
    },
    fork(repository, by, at = core.now()) {
      const { name, description, languages, license, defaultBranch } = repository;
      const copy = core.addRepository({
        ...{ owner: by, name, description, license, defaultBranch, fork: true, createdAt: at },
        languages: { ...languages },
        private: repository.private,
      });
      for (const [oid, commit] of repository.commits) copy.commits.set(oid, commit);
      for (const [branch, oid] of repository.branches) copy.branches.set(branch, oid);
      copy.pushedAt = repository.pushedAt;
      repository.forks += 1;
      tell(repository, by, 'fork', { forkee: copy });
      return copy;
    },
    openIssue(repository, { title = 'Something is odd', ...when } = {}) {
      const { at, by } = whenOf(core, repository, when);
      repository.lastNumber += 1;
      repository.openIssues += 1;
      const issue = { number: repository.lastNumber, title, state: 'open', created_at: iso(at) };
      tell(repository, by, 'issues', { action: 'opened', issue });
    },
    closeIssue(repository, when = {}) {
      if (repository.openIssues === 0) return;
      const { at, by } = whenOf(core, repository, when);
      repository.openIssues -= 1;
      const issue = { title: 'Something is odd', state: 'closed', closed_at: iso(at) };
      tell(repository, by, 'issues', { action: 'closed', issue });
    },
    describe(repository, details, when = {}) {
      change(repository, when, 'edited', () => {
        Object.assign(repository, details);
        return { changes: {} };
      });
    },
    publishRelease(repository, { tag, name = tag, body = '', prerelease = false, draft = false, ...when }) {
      const { at, by } = whenOf(core, repository, when);
      const release: WorldRelease = {
        ...{ id: core.nextId(), tag, name, body, draft, prerelease, createdAt: at, updatedAt: at },
        publishedAt: draft ? null : at,
      };
      repository.releases.push(release);
      tell(repository, by, 'release', { action: draft ? 'created' : 'published', release });
      return release;
    },
    editRelease(repository, id, patch) {
      const release = repository.releases.find((one) => one.id === id);
      if (!release) throw new RangeError(`there is no release ${id}`);
      Object.assign(release, patch, { updatedAt: core.now() });
      tell(repository, repository.owner, 'release', { action: 'edited', release, changes: {} });
    },
    removeRelease(repository, id) {
      const release = repository.releases.find((one) => one.id === id);
      if (!release) throw new RangeError(`there is no release ${id}`);
      repository.releases = repository.releases.filter((one) => one !== release);
      tell(repository, repository.owner, 'release', { action: 'deleted', release });
    },
    renameTo(repository, name, when = {}) {
      change(repository, when, 'renamed', () => {
        const changes = { repository: { name: { from: repository.name } } };
        core.rename(repository, { owner: repository.owner, name });
        return { changes };
      });
    },
    transfer(repository, owner, when = {}) {
      change(repository, when, 'transferred', () => {
        const from = core.owner(repository.owner);
        core.rename(repository, { owner, name: repository.name });
        return { changes: { owner: { from: { user: { login: from.login, id: from.id } } } } };
      });
    },
    archive(repository, archived = true, when = {}) {
      change(repository, when, archived ? 'archived' : 'unarchived', () => {
        repository.archived = archived;
        return undefined;
      });
    },
    makePrivate(repository, isPrivate = true, when = {}) {
      change(repository, when, isPrivate ? 'privatized' : 'publicized', () => {
        repository.private = isPrivate;
        return undefined;
      });
    },
    block(repository, blocked = true) {
      repository.blocked = blocked;
    },
    withhold(repository, fields) {
      repository.withheld = new Set(fields);
    },
    remove(repository, when = {}) {
      change(repository, when, 'deleted', () => {
        core.forget(repository);
        return undefined;
      });
    },
  };
}
