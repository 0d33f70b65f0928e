import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Schema } from '../storage/schema.ts';

/** The newest release as it is kept: what the view shows, and where its file is. */
export const KnownRelease = z.object({
  version: z.string(),
  tag: z.string(),
  name: z.string(),
  publishedAt: z.number().nullable(),
  prerelease: z.boolean(),
  notes: z.string(),
  url: z.url(),
  asset: z
    .object({
      name: z.string(),
      size: z.int(),
      url: z.url(),
      checksum: z
        .object({ sha256: z.string().length(64), source: z.enum(['digest', 'checksum_asset', 'notes']) })
        .nullable(),
    })
    .nullable(),
});
export type KnownRelease = z.infer<typeof KnownRelease>;

/** The last answer of the feed, good over a restart and without a network. */
export interface Snapshot {
  /** ms since the epoch. */
  checkedAt: number;
  /** Null: there was no release. */
  release: KnownRelease | null;
  /** The version that the person was told of last. */
  noticed: string | null;
}

const Row = z.object({
  source: z.string(),
  checkedAt: z.number(),
  release: KnownRelease.nullable(),
  noticed: z.string().nullable(),
});

export interface SnapshotStore {
  load(): Promise<Snapshot | null>;
  save(snapshot: Snapshot): Promise<void>;
}

/**
 * The snapshot in its one row of the database.
 *
 * @param parts.source which feed, for which machine: what another one left there is not restored
 */
export function createSnapshotStore({ db, source }: { db: Kysely<Schema>; source: string }): SnapshotStore {
  return {
    async load() {
      const row = await db.selectFrom('release_feed').select('snapshot').where('id', '=', 1).executeTakeFirst();
      const parsed = Row.safeParse(jsonOrNull(row?.snapshot ?? ''));
      if (!parsed.success || parsed.data.source !== source) return null;
      const { checkedAt, release, noticed } = parsed.data;
      return { checkedAt, release, noticed };
    },
    async save(snapshot) {
      const row = { snapshot: JSON.stringify({ source, ...snapshot }), updated_at: snapshot.checkedAt };
      await db
        .insertInto('release_feed')
        .values({ id: 1, ...row })
        .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
        .execute();
    },
  };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
