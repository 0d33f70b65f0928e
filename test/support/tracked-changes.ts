import type { World, WorldPullRequest, WorldRepository } from '../../src/main/demo/tracked/world.ts';
import { someLine, someMessage } from './odd-texts.ts';
import { pick } from './seeded-random.ts';

/** Beside whose pull requests checks are looked at. See `PULL_REQUESTS_AT_A_GLANCE`. */
const CHECKED = 10;
const CHECKS = ['SUCCESS', 'FAILURE', 'PENDING', 'ERROR', null] as const;

interface Scene {
  world: World;
  random: () => number;
  login: string;
  repository: WorldRepository;
}

/** Changes something, and says what. Null: there is nothing to change in this way. */
type Change = (scene: Scene) => string | null;

/**
 * Changes one thing in the world, drawn at random. GitHub tells times in seconds, so a test lets at least a second pass
 * between two of them, or between one and a look.
 *
 * Checks change only where GitHub's users would see it happen: at the open pull requests that were updated last.
 *
 * @returns what was done, for the message of a test that fails
 */
export function randomChange(world: World, random: () => number, { login = 'octocat' } = {}): string {
  const repositories = [...world.repositories.values()].filter((one) => world.affiliation(login, one) !== null);
  if (repositories.length === 0 || random() < 0.02) return addRepository(world, random, login);
  for (;;) {
    const repository = pick(random, repositories);
    const [name, change] = pick(random, Object.entries(CHANGES));
    const done = change({ world, random, login, repository });
    if (done !== null) return `${repository.owner}/${repository.name}: ${name} ${done}`;
  }
}

function addRepository(world: World, random: () => number, login: string): string {
  const owner = pick(random, [login, 'acme']);
  const repository = world.addRepository({ owner, name: freshName(world), private: random() < 0.3 });
  if (random() < 0.7) world.push(repository, { commits: 1 + Math.floor(random() * 4) });
  return `${owner}/${repository.name}: came into being`;
}

const freshName = (world: World) => `new-${world.nextId()}`;
const isEmpty = ({ branches, defaultBranch }: WorldRepository) => !branches.has(defaultBranch);
const open = ({ pullRequests }: WorldRepository) => [...pullRequests.values()].filter(({ state }) => state === 'OPEN');

/** Of a branch that no pull request hangs on. */
function spareBranch({ repository, random }: Scene): string | null {
  const used = new Set(open(repository).flatMap(({ headRef, baseRef }) => [headRef, baseRef]));
  const spare = [...repository.branches.keys()].filter((name) => name !== repository.defaultBranch && !used.has(name));
  return spare.length === 0 ? null : pick(random, spare);
}

const drafts = (random: () => number, most: number) =>
  Array.from({ length: 1 + Math.floor(random() * most) }, () => ({ message: someMessage(random) }));

/** A change of an open pull request. */
const ofOpen =
  (change: (scene: Scene, pull: WorldPullRequest) => unknown): Change =>
  (scene) => {
    const pulls = open(scene.repository);
    if (pulls.length === 0) return null;
    const pull = pick(scene.random, pulls);
    change(scene, pull);
    return `#${pull.number}`;
  };

const CHANGES: Record<string, Change> = {
  push: ({ world, random, repository }) => {
    const most = random() < 0.05 ? 150 : 5;
    return `${world.push(repository, { commits: drafts(random, most) }).length} commits`;
  },
  'push to a branch': ({ world, random, repository }) => {
    if (isEmpty(repository)) return null;
    const branch = pick(random, [...repository.branches.keys()]);
    world.push(repository, { branch, commits: drafts(random, 3) });
    return branch;
  },
  'force-push': ({ world, random, repository }) => {
    if (isEmpty(repository)) return null;
    const drop = 1 + Math.floor(random() * 4);
    world.forcePush(repository, { drop, commits: drafts(random, 3) });
    return `over ${drop}`;
  },
  collect: ({ world, repository }) => {
    world.collect(repository);
    return 'what nothing leads to';
  },
  'create a branch': ({ world, repository }) => {
    if (isEmpty(repository)) return null;
    const name = freshName(world);
    world.createBranch(repository, name);
    return name;
  },
  'move a branch': (scene) => {
    const branch = spareBranch(scene);
    if (branch === null) return null;
    const { world, random, repository } = scene;
    const head = repository.branches.get(repository.defaultBranch);
    if (head === undefined) return null;
    world.moveBranch(repository, branch, pick(random, world.history(repository, head).slice(0, 5)).oid);
    return branch;
  },
  'delete a branch': (scene) => {
    const branch = spareBranch(scene);
    if (branch === null) return null;
    scene.world.deleteBranch(scene.repository, branch);
    return branch;
  },
  'delete the branch of a pull request': ofOpen(({ world, repository }, { headRef }) =>
    world.deleteBranch(repository, headRef),
  ),
  'change the default branch': (scene) => {
    const branch = spareBranch(scene);
    if (branch === null || isEmpty(scene.repository)) return null;
    scene.world.changeDefaultBranch(scene.repository, branch);
    return `to ${branch}`;
  },
  'open a pull request': ({ world, random, repository, login }) => {
    if (isEmpty(repository)) return null;
    const head = freshName(world);
    world.push(repository, { branch: head, commits: drafts(random, 3) });
    const author = pick(random, [login, 'hubot', null]);
    const { number } = world.openPullRequest(repository, {
      head,
      author,
      title: someLine(random),
      draft: random() < 0.3,
    });
    return `#${number}`;
  },
  review: ofOpen(({ world, random, repository, login }, { number }) => {
    const state = pick(random, ['APPROVED', 'CHANGES_REQUESTED', 'COMMENTED'] as const);
    world.review(repository, number, { author: pick(random, [login, 'hubot', 'mona']), state });
  }),
  'request a review': ofOpen(({ world, random, repository, login }, { number }) =>
    world.requestReview(repository, number, pick(random, [login, 'hubot', 'acme/gardeners'])),
  ),
  'end checks': ({ world, random, repository }) => {
    const newest = open(repository)
      .sort((a, b) => b.updatedAt - a.updatedAt || b.id - a.id)
      .slice(0, CHECKED);
    if (newest.length === 0) return null;
    const { number } = pick(random, newest);
    world.setChecks(repository, number, pick(random, CHECKS));
    return `#${number}`;
  },
  label: ofOpen(({ world, random, repository }, { number }) =>
    world.setLabels(repository, number, [someLine(random), 'bug'].slice(Math.floor(random() * 3))),
  ),
  retitle: ofOpen(({ world, random, repository }, { number }) => world.retitle(repository, number, someLine(random))),
  'turn into or out of a draft': ofOpen(({ world, repository }, { number, draft }) =>
    world.setDraft(repository, number, !draft),
  ),
  'conflict with the base': ofOpen(({ world, repository }, { number, headRef, mergeable }) => {
    if (!repository.branches.has(headRef)) return;
    // GitHub finds out after a push; by itself it makes no pull request newer.
    world.push(repository, { branch: headRef });
    world.setMergeable(repository, number, mergeable === 'MERGEABLE' ? 'CONFLICTING' : 'MERGEABLE');
  }),
  merge: ofOpen(({ world, random, repository }, { number, baseRef }) => {
    if (repository.branches.has(baseRef)) world.merge(repository, number, { deleteBranch: random() < 0.7 });
  }),
  close: ofOpen(({ world, repository }, { number }) => world.close(repository, number)),
  reopen: ({ world, random, repository }) => {
    const closed = [...repository.pullRequests.values()].filter(
      ({ state, headRef, baseRef }) =>
        state === 'CLOSED' && repository.branches.has(headRef) && repository.branches.has(baseRef),
    );
    if (closed.length === 0) return null;
    const { number } = pick(random, closed);
    world.reopen(repository, number);
    return `#${number}`;
  },
  star: ({ world, random, repository, login }) => {
    const by = pick(random, [login, 'hubot', 'mona', 'ada']);
    if (world.owner(by).starred.has(repository.id)) world.unstar(repository, by);
    else world.star(repository, by);
    return by;
  },
  fork: ({ world, random, repository }) => {
    const by = pick(random, ['mona', 'ada', 'octocat']);
    if (by === repository.owner || world.find(by, repository.name)) return null;
    world.fork(repository, by);
    return `to ${by}`;
  },
  'open an issue': ({ world, repository }) => {
    world.openIssue(repository);
    return '';
  },
  'close an issue': ({ world, repository }) => {
    if (repository.openIssues === 0) return null;
    world.closeIssue(repository);
    return '';
  },
  describe: ({ world, random, repository }) => {
    const topics = ['plants', 'cli', 'mcp'].filter(() => random() < 0.5);
    world.describe(repository, { description: someLine(random), topics, watchers: Math.floor(random() * 9) });
    return '';
  },
  'publish a release': ({ world, random, repository }) => {
    const tag = `v${world.nextId()}`;
    world.publishRelease(repository, {
      tag,
      name: someLine(random),
      draft: random() < 0.2,
      prerelease: random() < 0.3,
    });
    return tag;
  },
  'edit the newest release': ({ world, random, repository }) => {
    const newest = newestRelease(repository);
    if (!newest) return null;
    world.editRelease(repository, newest.id, { name: someLine(random), prerelease: random() < 0.5 });
    return newest.tag;
  },
  'remove a release': ({ world, random, repository }) => {
    if (repository.releases.length === 0) return null;
    const { id, tag } = pick(random, repository.releases);
    world.removeRelease(repository, id);
    return tag;
  },
  rename: ({ world, repository }) => {
    const name = freshName(world);
    world.renameTo(repository, name);
    return `to ${name}`;
  },
  transfer: ({ world, random, repository, login }) => {
    const owner = pick(random, [login, 'acme', 'hubot']);
    if (owner === repository.owner || world.find(owner, repository.name)) return null;
    world.transfer(repository, owner);
    return `to ${owner}`;
  },
  archive: ({ world, random, repository }) => {
    if (!repository.archived && random() < 0.6) return null;
    world.archive(repository, !repository.archived);
    return String(repository.archived);
  },
  'change who sees it': ({ world, repository }) => {
    world.makePrivate(repository, !repository.private);
    return repository.private ? 'private' : 'public';
  },
  'take it down or let it back': ({ world, random, repository }) => {
    if (!repository.blocked && random() < 0.6) return null;
    world.block(repository, !repository.blocked);
    return String(repository.blocked);
  },
  empty: ({ world, random, repository }) => {
    if (isEmpty(repository) || random() < 0.7) return null;
    world.empty(repository);
    return '';
  },
  remove: ({ world, random, repository }) => {
    if (random() < 0.6) return null;
    world.remove(repository);
    return '';
  },
};

/** As a look orders them. */
function newestRelease({ releases }: WorldRepository) {
  return [...releases].sort((a, b) => b.createdAt - a.createdAt || b.id - a.id)[0];
}
