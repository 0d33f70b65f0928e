import { DAY_MS } from '../../../shared/durations.ts';
import { isoDate } from '../../core/iso-time.ts';
import { isoTime } from '../tracked/iso-time.ts';
import type { Owner, WorldRepository } from '../tracked/model.ts';
import { nodeId } from '../tracked/node-ids.ts';
import { type PageArguments, pageByKey, type SortKey } from './pages.ts';
import { mapped } from './repository-fields.ts';
import type { Asking, Source } from './sources.ts';
import { GraphQLTrouble } from './trouble.ts';

interface Account {
  owner: Owner;
}
type RepositoriesArguments = PageArguments & {
  orderBy?: { field: string; direction: 'ASC' | 'DESC' } | null;
  affiliations?: string[] | null;
  ownerAffiliations?: string[] | null;
  isFork?: boolean | null;
  isArchived?: boolean | null;
};

const YEAR_MS = 366 * DAY_MS;

/** Of users, organizations and bots. */
export const ACCOUNT_FIELDS = {
  id: ({ owner }: Account) => nodeId('Owner', owner.id),
  databaseId: ({ owner }: Account) => owner.id,
  login: ({ owner }: Account) => owner.login,
  name: ({ owner }: Account) => owner.name,
  repositories: ({ owner }: Account, args: RepositoriesArguments, { world, login }: Asking) => {
    const wanted = args.affiliations ?? args.ownerAffiliations ?? [];
    const own = () =>
      [...world.repositories.values()].filter((repository) => {
        const affiliation = world.affiliation(owner.login, repository);
        return (
          affiliation !== null &&
          wanted.includes(affiliation) &&
          (args.ownerAffiliations ?? wanted).includes(affiliation) &&
          visible(world, login, repository) &&
          (args.isFork == null || repository.fork === args.isFork) &&
          (args.isArchived == null || repository.archived === args.isArchived)
        );
      });
    const { field = 'CREATED_AT', direction = 'ASC' } = args.orderBy ?? {};
    const page = pageByKey(own, args, (repository) => sortKey(repository, field), direction);
    return { ...mapped(page, repositorySource), totalDiskUsage: 0 };
  },
  starredRepositories: ({ owner }: Account, args: RepositoriesArguments, { world, login }: Asking) => {
    const stars = () =>
      [...owner.starred].flatMap(([id, at]) => {
        const repository = world.repositories.get(id);
        return repository && visible(world, login, repository) ? [{ repository, at }] : [];
      });
    const key = (star: { repository: WorldRepository; at: number }): SortKey => [
      Math.floor(star.at / 1_000),
      star.repository.id,
    ];
    const page = pageByKey(stars, args, key, args.orderBy?.direction ?? 'ASC');
    return {
      ...mapped(page, ({ repository }) => repositorySource(repository)),
      isOverLimit: false,
      edges: () =>
        page.edges().map(({ cursor, node: { repository, at } }) => ({
          ...{ cursor, node: repositorySource(repository), starredAt: isoTime(at) },
        })),
    };
  },
  contributionsCollection: (
    { owner }: Account,
    args: { from?: string | null; to?: string | null },
    { world }: Asking,
  ) => {
    const to = args.to == null ? world.now() : Date.parse(args.to);
    const from = args.from == null ? to - 365 * DAY_MS : Date.parse(args.from);
    if (to - from > YEAR_MS) {
      throw new GraphQLTrouble('UNPROCESSABLE', "The total time spanned by 'from' and 'to' must not exceed 1 year");
    }
    if (from > to) throw new GraphQLTrouble('UNPROCESSABLE', "'from' must be before 'to'");
    return { contributionCalendar: calendar(owner, from, to) };
  },
};

/** Weeks begin on Sunday; the first and the last may be cut short. */
function calendar(owner: Owner, from: number, to: number) {
  const weeks: {
    firstDay: string;
    contributionDays: { date: string; weekday: number; contributionCount: number }[];
  }[] = [];
  let total = 0;
  for (let day = Math.floor(from / DAY_MS); day <= Math.floor(to / DAY_MS); day += 1) {
    const date = isoDate(day * DAY_MS);
    const weekday = (day + 4) % 7;
    const contributionCount = owner.contributions.get(date) ?? 0;
    total += contributionCount;
    if (weeks.length === 0 || weekday === 0) weeks.push({ firstDay: date, contributionDays: [] });
    weeks.at(-1)?.contributionDays.push({ date, weekday, contributionCount });
  }
  return { totalContributions: total, weeks };
}

function visible(world: Asking['world'], login: string, repository: WorldRepository): boolean {
  return !repository.blocked && world.sees(login, repository);
}

function sortKey({ id, name, stars, createdAt, pushedAt, updatedAt }: WorldRepository, field: string): SortKey {
  if (field === 'NAME') return [name.toLowerCase(), id];
  if (field === 'STARGAZERS') return [stars, id];
  const at = field === 'PUSHED_AT' ? (pushedAt ?? 0) : field === 'UPDATED_AT' ? updatedAt : createdAt;
  return [Math.floor(at / 1_000), id];
}

const repositorySource = (repository: WorldRepository): Source => ({ kind: 'Repository', repository });
