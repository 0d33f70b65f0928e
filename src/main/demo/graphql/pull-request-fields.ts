import { isoTime } from '../tracked/iso-time.ts';
import { nodeId } from '../tracked/node-ids.ts';
import { reviewDecision } from '../tracked/pull-request-changes.ts';
import { type PageArguments, pageByPlace } from './pages.ts';
import { mapped } from './repository-fields.ts';
import { type Asking, commitSource, ownerSource, type Source, type SourceOf } from './sources.ts';

type Pull = SourceOf<'PullRequest'>;

const field =
  <K extends keyof Pull['pull']>(name: K) =>
  ({ pull }: Pull): Pull['pull'][K] =>
    pull[name];
const time =
  (name: 'createdAt' | 'updatedAt' | 'mergedAt' | 'closedAt') =>
  ({ pull }: Pull) =>
    isoTime(pull[name]);

export const PULL_REQUEST_FIELDS = {
  id: ({ repository, pull }: Pull) => nodeId('PullRequest', repository.id, pull.number),
  fullDatabaseId: ({ pull }: Pull) => String(pull.id),
  number: field('number'),
  title: field('title'),
  body: field('body'),
  state: field('state'),
  isDraft: field('draft'),
  author: ({ pull }: Pull, _: object, asking: Asking) => account(asking, pull.author),
  headRefName: field('headRef'),
  headRefOid: field('headOid'),
  baseRefName: field('baseRef'),
  reviewDecision: ({ pull }: Pull) => reviewDecision(pull),
  mergeable: field('mergeable'),
  additions: field('additions'),
  deletions: field('deletions'),
  createdAt: time('createdAt'),
  updatedAt: time('updatedAt'),
  mergedAt: time('mergedAt'),
  closedAt: time('closedAt'),
  merged: ({ pull }: Pull) => pull.state === 'MERGED',
  url: ({ repository, pull }: Pull, _: object, { origin }: Asking) =>
    `${origin}/${repository.owner}/${repository.name}/pull/${pull.number}`,
  commits: ({ repository, pull }: Pull, args: PageArguments, { world }: Asking) => {
    const node = (oid: string) => ({
      id: nodeId('PullRequestCommit', repository.id, pull.number, oid),
      commit: commitSource(repository, oid),
    });
    const page = pageByPlace(() => {
      const base = new Set(world.history(repository, pull.baseOid).map(({ oid }) => oid));
      const own = world.history(repository, pull.headOid).filter(({ oid }) => !base.has(oid));
      // A head that was merged by hand has nothing of its own left; GitHub goes on showing it.
      return own.length === 0 ? [pull.headOid] : own.map(({ oid }) => oid).reverse();
    }, args);
    // The last one alone, which is what is asked for mostly, is known without all that led to it.
    const lastAlone = args.last === 1 && args.before == null && args.first == null;
    return { ...mapped(page, node), ...(lastAlone ? { nodes: () => [node(pull.headOid)] } : {}) };
  },
  labels: ({ repository, pull }: Pull, args: PageArguments) =>
    mapped(pageByPlace(pull.labels, args), (name) => ({
      id: nodeId('Label', repository.id, name),
      name,
    })),
  reviewRequests: ({ repository, pull }: Pull, args: PageArguments, { world }: Asking) =>
    mapped(pageByPlace(pull.requestedReviewers, args), (reviewer) => ({
      id: nodeId('ReviewRequest', repository.id, pull.number, reviewer),
      requestedReviewer: reviewer.includes('/') ? { kind: 'Team', slug: reviewer } : ownerSource(world.owner(reviewer)),
    })),
  reviews: ({ repository, pull }: Pull, args: PageArguments & { states?: string[] | null }, asking: Asking) => {
    const { states } = args;
    const reviews = states ? pull.reviews.filter(({ state }) => states.includes(state)) : pull.reviews;
    return mapped(pageByPlace(reviews, args), ({ id, author, state, submittedAt }) => ({
      ...{ id: nodeId('Review', repository.id, pull.number, id), state },
      ...{ author: account(asking, author), submittedAt: isoTime(submittedAt) },
    }));
  },
};

function account({ world }: Asking, login: string | null): Source | null {
  return login === null ? null : ownerSource(world.owner(login));
}
