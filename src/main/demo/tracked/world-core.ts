import { createHash } from 'node:crypto';
import type { Clock } from '../../core/clock.ts';
import { historyOf } from './commit-graph.ts';
import type { Happening, Owner, WorldCommit, WorldRepository } from './model.ts';

/** How a person is related to a repository, as GitHub tells affiliations apart. */
export type Affiliation = 'OWNER' | 'COLLABORATOR' | 'ORGANIZATION_MEMBER';

export interface NewRepository {
  owner: string;
  name: string;
  private?: boolean;
  fork?: boolean;
  archived?: boolean;
  description?: string | null;
  topics?: string[];
  languages?: Record<string, number>;
  license?: string | null;
  stars?: number;
  forks?: number;
  watchers?: number;
  openIssues?: number;
  defaultBranch?: string;
  collaborators?: readonly string[];
  createdAt?: number;
}

/** Who and what there is, who sees what, and what is told of changes. */
export interface WorldCore {
  /** By their login in lower case. */
  readonly owners: ReadonlyMap<string, Owner>;
  /** By number, in the order in which they were made. */
  readonly repositories: ReadonlyMap<number, WorldRepository>;
  now(): number;
  /** A number that nothing else has. */
  nextId(): number;
  /** The name of a commit that nothing else has. Worlds that are made in the same way have the same ones. */
  nextOid(): string;
  /** The account of this name, which comes into being when it is asked for. */
  owner(login: string, details?: { type?: Owner['type']; name?: string; members?: readonly string[] }): Owner;
  addRepository(details: NewRepository): WorldRepository;
  /** @throws RangeError where there is none of this name now */
  repository(fullName: string): WorldRepository;
  /** By its name or one it had before; `moved`: the latter. */
  find(owner: string, name: string): { repository: WorldRepository; moved: boolean } | null;
  /** @returns null: none at all */
  affiliation(login: string, repository: WorldRepository): Affiliation | null;
  /** @param login null: nobody */
  sees(login: string | null, repository: WorldRepository): boolean;
  /** All that led to a commit, in the order of `git log`. */
  history(repository: WorldRepository, oid: string): readonly WorldCommit[];
  /** The name changes, and the old one leads to the new one from now on. */
  rename(repository: WorldRepository, to: { owner: string; name: string }): void;
  /** It is gone, as if it had never been. */
  forget(repository: WorldRepository): void;
  tell(happening: Happening): void;
  /** @returns a function that ends it */
  onHappening(listener: (happening: Happening) => void): () => void;
}

/** Histories that are kept, so that paging through one does not begin at its head each time. */
const HISTORIES = 24;

export function createWorldCore({ clock }: { clock: Pick<Clock, 'now'> }): WorldCore {
  const owners = new Map<string, Owner>();
  const repositories = new Map<number, WorldRepository>();
  /** Names, those of today and of before, in lower case. */
  const names = new Map<string, number>();
  const histories = new Map<string, readonly WorldCommit[]>();
  const listeners = new Set<(happening: Happening) => void>();
  let lastId = 1_000;

  const keyOf = (owner: string, name: string) => `${owner}/${name}`.toLowerCase();

  const core: WorldCore = {
    owners,
    repositories,
    now: () => clock.now(),
    nextId() {
      lastId += 1;
      return lastId;
    },
    nextOid: () => createHash('sha1').update(`commit ${core.nextId()}`).digest('hex'),
    owner(login, { type = 'User', name, members = [] } = {}) {
      const known = owners.get(login.toLowerCase());
      if (known) return known;
      const owner: Owner = {
        ...{ id: core.nextId(), login, type, name: name ?? null, members: new Set(members) },
        ...{ starred: new Map(), contributions: new Map() },
      };
      owners.set(login.toLowerCase(), owner);
      return owner;
    },
    addRepository(details) {
      const { owner, name, collaborators = [], createdAt = core.now() } = details;
      core.owner(owner);
      const repository: WorldRepository = {
        ...{ id: core.nextId(), owner, name, private: details.private ?? false, fork: details.fork ?? false },
        ...{
          archived: details.archived ?? false,
          blocked: false,
          withheld: new Set(),
          description: details.description ?? null,
        },
        ...{ topics: details.topics ?? [], languages: details.languages ?? {}, license: details.license ?? null },
        ...{ stars: details.stars ?? 0, forks: details.forks ?? 0, watchers: details.watchers ?? 0 },
        ...{ openIssues: details.openIssues ?? 0, defaultBranch: details.defaultBranch ?? 'main' },
        ...{ createdAt, pushedAt: null, updatedAt: createdAt, collaborators: new Set(collaborators) },
        ...{ commits: new Map(), branches: new Map(), pullRequests: new Map(), lastNumber: 0 },
        ...{ releases: [], checks: new Map() },
      };
      repositories.set(repository.id, repository);
      names.set(keyOf(owner, name), repository.id);
      return repository;
    },
    repository(fullName) {
      const [owner = '', name = ''] = fullName.split('/');
      const found = core.find(owner, name);
      if (!found || found.moved) throw new RangeError(`there is no ${fullName}`);
      return found.repository;
    },
    find(owner, name) {
      const repository = repositories.get(names.get(keyOf(owner, name)) ?? -1);
      if (!repository) return null;
      return { repository, moved: keyOf(repository.owner, repository.name) !== keyOf(owner, name) };
    },
    affiliation(login, repository) {
      if (repository.owner.toLowerCase() === login.toLowerCase()) return 'OWNER';
      if (repository.collaborators.has(login)) return 'COLLABORATOR';
      return owners.get(repository.owner.toLowerCase())?.members.has(login) ? 'ORGANIZATION_MEMBER' : null;
    },
    sees: (login, repository) =>
      !repository.private || (login !== null && core.affiliation(login, repository) !== null),
    history(repository, oid) {
      const key = `${repository.id} ${oid}`;
      const history = histories.get(key) ?? historyOf(repository.commits, oid);
      histories.delete(key);
      histories.set(key, history);
      const [oldest] = histories.keys();
      if (histories.size > HISTORIES && oldest !== undefined) histories.delete(oldest);
      return history;
    },
    rename(repository, { owner, name }) {
      core.owner(owner);
      repository.owner = owner;
      repository.name = name;
      names.set(keyOf(owner, name), repository.id);
    },
    forget: (repository) => void repositories.delete(repository.id),
    tell(happening) {
      for (const listener of listeners) listener(happening);
    },
    onHappening(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  return core;
}
