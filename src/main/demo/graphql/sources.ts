import type { Owner, WorldCommit, WorldPullRequest, WorldRelease, WorldRepository } from '../tracked/model.ts';
import { readNodeId } from '../tracked/node-ids.ts';
import type { World } from '../tracked/world.ts';
import { GraphQLTrouble } from './trouble.ts';

/** Who asks, and what of. */
export interface Asking {
  world: World;
  /** Whose token it is. */
  login: string;
  /** GitHub's address, for the addresses in answers. */
  origin: string;
  budget: { limit: number; cost: number; remaining: number; used: number; resetAt: number; nodeCount: number };
}

/** What fields are read from. The kind is the name of the type. */
export type Source =
  | { kind: 'Repository'; repository: WorldRepository }
  | { kind: 'Commit'; repository: WorldRepository; commit: WorldCommit }
  | { kind: 'PullRequest'; repository: WorldRepository; pull: WorldPullRequest }
  | { kind: 'Release'; repository: WorldRepository; release: WorldRelease }
  | { kind: Owner['type']; owner: Owner }
  | { kind: 'Team'; slug: string };

export type SourceOf<K extends Source['kind']> = Extract<Source, { kind: K }>;

export const ownerSource = (owner: Owner): Source => ({ kind: owner.type, owner });

export function commitSource(repository: WorldRepository, oid: string): SourceOf<'Commit'> | null {
  const commit = repository.commits.get(oid);
  return commit ? { kind: 'Commit', repository, commit } : null;
}

/** @throws GraphQLTrouble NOT_FOUND, also for what this person may not see */
export function nodeOf({ world, login }: Asking, id: string): Source {
  const source = lookUp(world, id);
  const hidden =
    source !== null && 'repository' in source && (source.repository.blocked || !world.sees(login, source.repository));
  if (source === null || hidden) {
    throw new GraphQLTrouble('NOT_FOUND', `Could not resolve to a node with the global id of '${id}'.`);
  }
  return source;
}

function lookUp(world: World, id: string): Source | null {
  const { kind, parts } = readNodeId(id) ?? {};
  const [number = '', within = ''] = parts ?? [];
  if (kind === 'Owner') {
    const owner = [...world.owners.values()].find((one) => one.id === Number(number));
    return owner ? ownerSource(owner) : null;
  }
  const repository = world.repositories.get(Number(number));
  if (!repository) return null;
  if (kind === 'Repository') return { kind, repository };
  if (kind === 'Commit') return commitSource(repository, within);
  if (kind === 'PullRequest') {
    const pull = repository.pullRequests.get(Number(within));
    return pull ? { kind, repository, pull } : null;
  }
  const release = repository.releases.find((one) => kind === 'Release' && one.id === Number(within));
  return release ? { kind: 'Release', repository, release } : null;
}
