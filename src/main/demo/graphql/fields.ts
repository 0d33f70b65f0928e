import { isoTime } from '../tracked/iso-time.ts';
import { nodeId } from '../tracked/node-ids.ts';
import { COMMIT_FIELDS } from './commit-fields.ts';
import { PULL_REQUEST_FIELDS } from './pull-request-fields.ts';
import { RELEASE_FIELDS, REPOSITORY_FIELDS } from './repository-fields.ts';
import { type Asking, nodeOf, ownerSource, type Source, type SourceOf } from './sources.ts';
import { GraphQLTrouble } from './trouble.ts';
import { ACCOUNT_FIELDS } from './viewer-fields.ts';

/** How one field is read. Each type's readers get the sources of that type only, which the schema sees to. */
type Reader = (source: never, args: never, asking: Asking) => unknown;

const QUERY_FIELDS = {
  viewer: (_: unknown, __: object, { world, login }: Asking) => ownerSource(world.owner(login)),
  node: (_: unknown, { id }: { id: string }, asking: Asking) => nodeOf(asking, id),
  // An error in a list counts for its place only.
  nodes: (_: unknown, { ids }: { ids: string[] }, asking: Asking) =>
    ids.map((id) => {
      try {
        return nodeOf(asking, id);
      } catch (error) {
        return error;
      }
    }),
  repository: (_: unknown, args: { owner: string; name: string; followRenames: boolean }, asking: Asking): Source => {
    const { world, login } = asking;
    const found = world.find(args.owner, args.name);
    const hidden = !found || found.repository.blocked || !world.sees(login, found.repository);
    if (hidden || (found.moved && !args.followRenames)) {
      throw new GraphQLTrouble(
        'NOT_FOUND',
        `Could not resolve to a Repository with the name '${args.owner}/${args.name}'.`,
      );
    }
    return { kind: 'Repository', repository: found.repository };
  },
  rateLimit: (_: unknown, __: object, { budget }: Asking) => ({ ...budget, resetAt: isoTime(budget.resetAt) }),
};

const TEAM_FIELDS = {
  id: ({ slug }: { slug: string }) => nodeId('Team', slug),
  combinedSlug: ({ slug }: { slug: string }) => slug,
  name: ({ slug }: { slug: string }) => slug.split('/')[1],
  slug: ({ slug }: { slug: string }) => slug.split('/')[1],
};

const FIELDS: Record<string, Record<string, Reader>> = {
  Query: QUERY_FIELDS,
  User: ACCOUNT_FIELDS,
  Organization: ACCOUNT_FIELDS,
  Bot: ACCOUNT_FIELDS,
  Team: TEAM_FIELDS,
  Repository: REPOSITORY_FIELDS,
  Commit: COMMIT_FIELDS,
  PullRequest: PULL_REQUEST_FIELDS,
  Release: RELEASE_FIELDS,
};

/** Reads a field: by its reader, or else from the property of that name. */
export function readField(typeName: string, name: string, source: unknown, args: object, asking: Asking): unknown {
  if (typeName === 'Repository' && (source as SourceOf<'Repository'>).repository.withheld.has(name)) {
    throw new GraphQLTrouble('FORBIDDEN', 'Resource not accessible by integration');
  }
  const reader = FIELDS[typeName]?.[name];
  if (reader) return reader(source as never, args as never, asking);
  const value = (source as Record<string, unknown>)[name];
  return typeof value === 'function' ? value() : value;
}
