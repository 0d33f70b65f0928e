import {
  type ListResourcesResult,
  ProtocolError,
  ProtocolErrorCode,
  type ReadResourceResult,
  ResourceNotFoundError,
  type ResourceTemplateType,
} from '@modelcontextprotocol/server';
import { DAY_MS } from '../../../shared/durations.ts';
import type { Clock } from '../../core/clock.ts';
import { AppError } from '../../core/errors.ts';
import { iso, isoDate } from '../../core/iso-time.ts';
import { summaryOf } from '../tools/tracked/repository-summary.ts';
import { eventOf, type Tracked } from '../tools/tracked/values.ts';

/** What an agent may read by its address. */
export interface Resources {
  templates(): ResourceTemplateType[];
  /** The last days, then every tracked repository, the last pushed to first, page by page. */
  list(cursor: string | undefined): Promise<ListResourcesResult>;
  /** @throws ProtocolError for an address of nothing */
  read(uri: string): Promise<ReadResourceResult>;
  /** What `read` would give, without the time of the last look. @returns null for an address of nothing */
  content(uri: string): Promise<string | null>;
}

const JSON_TYPE = 'application/json';
const PAGE = 50;
const DAYS_LISTED = 7;
/** Of one day; beyond that there is search_activity. */
const MOST_EVENTS = 200;

const TEMPLATES: ResourceTemplateType[] = [
  {
    name: 'repository',
    title: 'A repository',
    uriTemplate: 'trackeep://repositories/{owner}/{repo}',
    description: 'How a tracked GitHub repository stands, and what happened in it last.',
    mimeType: JSON_TYPE,
  },
  {
    name: 'day',
    title: 'A day',
    uriTemplate: 'trackeep://days/{date}',
    description: 'What happened in the tracked GitHub repositories on a day in UTC, such as 2026-11-02.',
    mimeType: JSON_TYPE,
  },
];

export function createResources({ tracked, clock }: { tracked: Tracked; clock: Pick<Clock, 'now'> }): Resources {
  const { queries } = tracked;

  const day = async (date: string) => {
    const from = Date.parse(date);
    const span = { since: iso(from), until: iso(from + DAY_MS) };
    const { items, nextCursor } = await queries.activity({ ...span, limit: MOST_EVENTS });
    return { date, events: items.map(eventOf), shortened: nextCursor !== null };
  };

  /** @returns null for an address of nothing */
  const find = async (uri: string): Promise<object | null> => {
    const place = placeOf(uri);
    if (place === null) return null;
    if ('date' in place) return day(place.date);
    try {
      return await summaryOf(tracked, place.repository);
    } catch (error) {
      if (error instanceof AppError && error.code === 'not_found') return null;
      throw error;
    }
  };

  return {
    templates: () => TEMPLATES,
    async list(cursor) {
      const page = await queries
        .repositories({ limit: PAGE, ...(cursor === undefined ? {} : { cursor }) })
        .catch(refuse);
      const today = Math.floor(clock.now() / DAY_MS);
      const days = cursor === undefined ? Array.from({ length: DAYS_LISTED }, (_, back) => dateOf(today - back)) : [];
      return {
        resources: [
          ...days.map((date) => ({ uri: `trackeep://days/${date}`, name: date, mimeType: JSON_TYPE })),
          ...page.items.map(({ owner, name, description }) => ({
            uri: repositoryUri(owner, name),
            name: `${owner}/${name}`,
            ...(description === null ? {} : { description }),
            mimeType: JSON_TYPE,
          })),
        ],
        ...(page.nextCursor === null ? {} : { nextCursor: page.nextCursor }),
      };
    },
    async read(uri) {
      const found = await find(uri).catch(refuse);
      if (found === null) throw new ResourceNotFoundError(uri);
      return { contents: [{ uri, mimeType: JSON_TYPE, text: JSON.stringify(found) }] };
    },
    async content(uri) {
      const found = await find(uri);
      return found && JSON.stringify({ ...found, syncedAt: undefined });
    },
  };
}

function repositoryUri(owner: string, name: string): string {
  return `trackeep://repositories/${encodeURIComponent(owner)}/${encodeURIComponent(name)}`;
}

/** Not by `URL`, which takes `.` and `..` for steps. */
function placeOf(uri: string): { repository: string } | { date: string } | null {
  const [, kind, first = '', second] = /^trackeep:\/\/(repositories|days)\/([^/?#]+)(?:\/([^/?#]+))?$/.exec(uri) ?? [];
  if (kind === 'repositories' && second !== undefined) {
    const [owner, name] = [decoded(first), decoded(second)];
    return owner.includes('/') || name.includes('/') ? null : { repository: `${owner}/${name}` };
  }
  if (kind !== 'days' || second !== undefined || !/^\d{4}-\d\d-\d\d$/.test(first)) return null;
  const time = Date.parse(first);
  // A parser may take 2026-02-30 for a day of March.
  return Number.isNaN(time) || isoDate(time) !== first ? null : { date: first };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return '/';
  }
}

function dateOf(day: number): string {
  return isoDate(day * DAY_MS);
}

/** In the protocol's own form. */
function refuse(error: unknown): never {
  if (error instanceof AppError && error.code !== 'internal') {
    throw new ProtocolError(ProtocolErrorCode.InvalidParams, `${error.message} (${error.code})`);
  }
  throw error;
}
