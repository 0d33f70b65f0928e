import { isoTime } from '../tracked/iso-time.ts';
import type { WorldPullRequest, WorldRepository } from '../tracked/model.ts';
import { nodeId } from '../tracked/node-ids.ts';
import { type Connection, type PageArguments, pageByKey, pageByPlace } from './pages.ts';
import { type Asking, commitSource, ownerSource, type Source, type SourceOf } from './sources.ts';

interface Order {
  field: string;
  direction: 'ASC' | 'DESC';
}
type Ordered = PageArguments & { orderBy?: Order | null };
interface PullRequestArguments extends Ordered {
  states?: WorldPullRequest['state'][] | null;
  headRefName?: string | null;
  baseRefName?: string | null;
  labels?: string[] | null;
}

type Repository = SourceOf<'Repository'>;

const field =
  <K extends keyof WorldRepository>(name: K) =>
  ({ repository }: Repository): WorldRepository[K] =>
    repository[name];

export const REPOSITORY_FIELDS = {
  id: ({ repository }: Repository) => nodeId('Repository', repository.id),
  databaseId: field('id'),
  owner: ({ repository }: Repository, _: object, { world }: Asking) => ownerSource(world.owner(repository.owner)),
  name: field('name'),
  nameWithOwner: ({ repository }: Repository) => `${repository.owner}/${repository.name}`,
  description: field('description'),
  isArchived: field('archived'),
  isEmpty: ({ repository }: Repository) => repository.branches.size === 0,
  isFork: field('fork'),
  isPrivate: field('private'),
  createdAt: ({ repository }: Repository) => isoTime(repository.createdAt),
  pushedAt: ({ repository }: Repository) => isoTime(repository.pushedAt),
  updatedAt: ({ repository }: Repository) => isoTime(repository.updatedAt),
  url: ({ repository }: Repository, _: object, { origin }: Asking) =>
    `${origin}/${repository.owner}/${repository.name}`,
  stargazerCount: field('stars'),
  forkCount: field('forks'),
  licenseInfo: ({ repository: { license } }: Repository) =>
    license === null
      ? null
      : { id: nodeId('License', license), key: license.toLowerCase(), name: license, spdxId: license },
  primaryLanguage: ({ repository }: Repository) => languages(repository)[0]?.node ?? null,
  defaultBranchRef: ({ repository }: Repository) => ref(repository, repository.defaultBranch),
  ref: ({ repository }: Repository, { qualifiedName }: { qualifiedName: string }) =>
    ref(repository, qualifiedName.replace(/^refs\/heads\//, '')),
  object: ({ repository }: Repository, { oid, expression }: { oid?: string | null; expression?: string | null }) =>
    commitSource(repository, oid ?? repository.branches.get(expression ?? '') ?? expression ?? ''),
  issues: ({ repository }: Repository, { states }: { states?: string[] | null }) => {
    const { openIssues, lastNumber, pullRequests } = repository;
    const closed = Math.max(0, lastNumber - pullRequests.size - openIssues);
    const of = (state: string, count: number) => (!states || states.includes(state) ? count : 0);
    return { totalCount: of('OPEN', openIssues) + of('CLOSED', closed) };
  },
  languages: ({ repository }: Repository, args: Ordered) => {
    const all = languages(repository);
    if (args.orderBy?.direction === 'ASC') all.reverse();
    const page = pageByPlace(all, args);
    return {
      ...page,
      totalSize: all.reduce((sum, { size }) => sum + size, 0),
      nodes: () => page.nodes().map(({ node }) => node),
      edges: () => page.edges().map(({ cursor, node }) => ({ cursor, ...node })),
    };
  },
  pullRequest: ({ repository }: Repository, { number }: { number: number }): Source | null => {
    const pull = repository.pullRequests.get(number);
    return pull ? { kind: 'PullRequest', repository, pull } : null;
  },
  pullRequests: ({ repository }: Repository, args: PullRequestArguments): Connection<Source> => {
    const { states, headRefName, baseRefName, labels } = args;
    const all = repository.pullRequests;
    const matching = () =>
      [...all.values()].filter(
        (pull) =>
          (!states || states.includes(pull.state)) &&
          (headRefName == null || pull.headRef === headRefName) &&
          (baseRefName == null || pull.baseRef === baseRefName) &&
          (!labels || pull.labels.some((label) => labels.includes(label))),
      );
    const { field: by = 'CREATED_AT', direction = 'ASC' } = args.orderBy ?? {};
    const page = pageByKey(
      matching,
      args,
      // To the second, since that is what a cursor can tell.
      (pull) => [Math.floor((by === 'UPDATED_AT' ? pull.updatedAt : pull.createdAt) / 1_000), pull.id],
      direction,
    );
    return mapped(page, (pull) => ({ kind: 'PullRequest', repository, pull }));
  },
  refs: ({ repository }: Repository, args: PageArguments & { refPrefix: string; direction?: string | null }) => {
    if (args.refPrefix !== 'refs/heads/') return pageByPlace([], args);
    const names = [...repository.branches.keys()].sort();
    if (args.direction === 'DESC') names.reverse();
    return mapped(pageByPlace(names, args), (name) => ref(repository, name));
  },
  releases: ({ repository }: Repository, args: Ordered, { world, login }: Asking): Connection<Source> => {
    // Drafts are for those who can push.
    const drafts = world.affiliation(login, repository) !== null;
    const page = pageByKey(
      () => repository.releases.filter(({ draft }) => drafts || !draft),
      args,
      (release) => [
        args.orderBy?.field === 'NAME' ? (release.name ?? '') : Math.floor(release.createdAt / 1_000),
        release.id,
      ],
      args.orderBy?.direction ?? 'DESC',
    );
    return mapped(page, (release) => ({ kind: 'Release', repository, release }));
  },
  repositoryTopics: ({ repository }: Repository, args: PageArguments) =>
    mapped(pageByPlace(repository.topics, args), (name) => ({
      id: nodeId('RepositoryTopic', repository.id, name),
      topic: { id: nodeId('Topic', name), name },
    })),
  watchers: ({ repository }: Repository) => ({ totalCount: repository.watchers }),
};

export const RELEASE_FIELDS = {
  id: ({ repository, release }: SourceOf<'Release'>) => nodeId('Release', repository.id, release.id),
  databaseId: ({ release }: SourceOf<'Release'>) => release.id,
  tagName: ({ release }: SourceOf<'Release'>) => release.tag,
  name: ({ release }: SourceOf<'Release'>) => release.name,
  isDraft: ({ release }: SourceOf<'Release'>) => release.draft,
  isPrerelease: ({ release }: SourceOf<'Release'>) => release.prerelease,
  publishedAt: ({ release }: SourceOf<'Release'>) => isoTime(release.publishedAt),
  createdAt: ({ release }: SourceOf<'Release'>) => isoTime(release.createdAt),
  updatedAt: ({ release }: SourceOf<'Release'>) => isoTime(release.updatedAt),
};

export function mapped<A, B>(page: Connection<A>, turn: (item: A) => B): Connection<B> {
  return {
    ...page,
    nodes: () => page.nodes().map(turn),
    edges: () => page.edges().map(({ cursor, node }) => ({ cursor, node: turn(node) })),
  };
}

function languages({ languages }: WorldRepository) {
  return Object.entries(languages)
    .sort(([, a], [, b]) => b - a)
    .map(([name, size]) => ({ size, node: { id: nodeId('Language', name), name, color: null } }));
}

function ref(repository: WorldRepository, name: string) {
  const oid = repository.branches.get(name);
  if (oid === undefined) return null;
  const id = nodeId('Ref', repository.id, name);
  return {
    ...{ id, name, prefix: 'refs/heads/', repository: { kind: 'Repository', repository } },
    target: commitSource(repository, oid),
  };
}
