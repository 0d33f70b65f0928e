import { type Clock, systemClock } from '../../core/clock.ts';
import { createPullRequestChanges, type PullRequestChanges } from './pull-request-changes.ts';
import { createPushing, type Pushing } from './pushing.ts';
import { createRepositoryChanges, type RepositoryChanges } from './repository-changes.ts';
import { createWorldCore, type WorldCore } from './world-core.ts';

export type { Checks, WorldCommit, WorldPullRequest, WorldRepository } from './model.ts';
export type { CommitDraft } from './pushing.ts';
export type { NewRepository } from './world-core.ts';

/**
 * Repositories with their true history, in memory, and everything that can happen to them. GraphQL, REST and webhooks of
 * the emulated GitHub tell of it.
 *
 * GitHub tells times in seconds. What changes twice within one second may look the same before and after, as there.
 */
export type World = WorldCore & Pushing & PullRequestChanges & RepositoryChanges;

export function createWorld({ clock = systemClock() }: { clock?: Pick<Clock, 'now'> } = {}): World {
  const core = createWorldCore({ clock });
  const pushing = createPushing(core);
  return { ...core, ...pushing, ...createPullRequestChanges(core, pushing), ...createRepositoryChanges(core) };
}
