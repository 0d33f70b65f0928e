import { z } from 'zod';
import { EventKind } from '../../../../shared/tracking-views.ts';
import { NextCursor } from '../paging.ts';
import { defineTool, type Tool } from '../tool.ts';
import {
  Event,
  eventOf,
  Instant,
  RepositoryName,
  repositoryNamed,
  Search,
  type Tracked,
  TrackedPage,
} from './values.ts';

/** What happened in the tracked repositories. */
export function searchActivity(tracked: Tracked): Tool {
  return defineTool({
    name: 'search_activity',
    title: 'Activity in repositories',
    description:
      'Searches what happened in the tracked GitHub repositories, the latest first: commits of a day, pull requests, reviews, checks, branches, releases, stars. Answered from this machine, without asking GitHub.',
    openWorld: true,
    input: z.strictObject({
      query: Search.optional().describe('Part of a title, of a login, or of owner/name.'),
      repository: RepositoryName.optional(),
      owner: z.string().max(100).optional(),
      kinds: z.array(EventKind).max(EventKind.options.length).optional().describe('Left out: all kinds.'),
      since: Instant.optional().describe('From then on: a day, or a time with its offset.'),
      until: Instant.optional().describe('Before then.'),
      ...TrackedPage,
    }),
    output: z.strictObject({ events: z.array(Event), nextCursor: NextCursor }),
    async run({ query, repository, ...asked }) {
      const named = repository === undefined ? null : await repositoryNamed(tracked, repository);
      const { items, nextCursor } = await tracked.queries.activity({
        ...asked,
        ...(query === undefined ? {} : { search: query }),
        ...(named === null ? {} : { repositoryId: named.id }),
      });
      return { events: items.map(eventOf), nextCursor };
    },
  });
}
