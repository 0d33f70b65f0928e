import { z } from 'zod';
import type { Clock } from '../../../core/clock.ts';
import { iso } from '../../../core/iso-time.ts';
import { NextCursor } from '../paging.ts';
import { defineTool, type Tool } from '../tool.ts';
import { Event, eventOf, Instant, type Tracked, TrackedPage } from './values.ts';

/** What is noticed is stored a moment later: this much is told twice rather than never. */
const OVERLAP_MS = 10_000;

/** What was noticed since an agent looked last. */
export function whatChangedSince({ tracked, clock }: { tracked: Tracked; clock: Pick<Clock, 'now'> }): Tool {
  return defineTool({
    name: 'what_changed_since',
    title: 'What changed since',
    description:
      'Tells what was noticed in the tracked GitHub repositories since a time, in the order in which it was noticed. Come back with "nextSince" and you miss nothing, not even what happened earlier and became known only later.',
    openWorld: true,
    input: z.strictObject({
      since: Instant.describe('A day, a time with its offset, or "nextSince" of an earlier answer.'),
      ...TrackedPage,
    }),
    output: z.strictObject({
      events: z.array(Event.extend({ noticedAt: z.iso.datetime() })),
      nextCursor: NextCursor,
      nextSince: z.iso
        .datetime()
        .nullable()
        .describe('The "since" of the next time; a few seconds overlap. Null: there is more now, behind "nextCursor".'),
    }),
    async run(asked) {
      const askedAt = clock.now();
      const { items, nextCursor } = await tracked.queries.noticed(asked);
      const next = iso(Math.max(Date.parse(asked.since), askedAt - OVERLAP_MS));
      return {
        events: items.map((event) => ({ ...eventOf(event), noticedAt: event.noticedAt })),
        nextCursor,
        nextSince: nextCursor === null ? next : null,
      };
    },
  });
}
