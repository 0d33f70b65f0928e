import type { Kysely } from 'kysely';
import { z } from 'zod';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/logger.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Vault } from '../../vault/vault.ts';

/** A larger answer is asked for anew each time. */
const MOST_CHARACTERS = 1_000_000;
/** What was not asked for in so long is dropped. */
const KEPT_MS = 30 * 24 * 3_600_000;

/** An answer as it was, ready to stand in for a 304. */
export interface CachedAnswer {
  etag: string;
  data: unknown;
  /** Where the next page is; a 304 does not repeat it. */
  link: string | undefined;
}

/**
 * What GitHub answered last, per account and address: ETags differ from token to token, and one account's private
 * repositories are none of another's business. Sealed, since the bodies may name them.
 */
export interface ETagCache {
  read(installationId: string, url: string): Promise<CachedAnswer | null>;
  write(installationId: string, url: string, answer: CachedAnswer): Promise<void>;
}

const Body = z.object({ data: z.unknown(), link: z.string().optional() });

/** Nothing here ever throws: a cache that fails costs a request, no more. */
export function createETagCache(parts: { db: Kysely<Schema>; vault: Vault; clock: Clock; logger: Logger }): ETagCache {
  const { db, vault, clock, logger } = parts;
  const place = (id: string, url: string) => ({ table: 'http_cache', row: `${id} ${url}`, column: 'sealed_body' });

  return {
    async read(id, url) {
      try {
        const row = await db
          .selectFrom('http_cache')
          .select(['etag', 'sealed_body'])
          .where('installation_id', '=', id)
          .where('url', '=', url)
          .executeTakeFirst();
        if (!row) return null;
        const { data, link } = Body.parse(JSON.parse(await vault.open(place(id, url), row.sealed_body)));
        return { etag: row.etag, data, link };
      } catch (error) {
        logger.debug('a cached answer could not be read', { error });
        return null;
      }
    },
    async write(id, url, { etag, data, link }) {
      try {
        const body = JSON.stringify({ data, link });
        if (body.length > MOST_CHARACTERS) return;
        const now = clock.now();
        const values = { etag, sealed_body: await vault.seal(place(id, url), body), updated_at: now };
        // An account that was disconnected meanwhile is no longer there to refer to: then this fails, and rightly.
        await db
          .insertInto('http_cache')
          .values({ installation_id: id, url, ...values })
          .onConflict((conflict) => conflict.columns(['installation_id', 'url']).doUpdateSet(values))
          .execute();
        await db
          .deleteFrom('http_cache')
          .where('installation_id', '=', id)
          .where('updated_at', '<', now - KEPT_MS)
          .execute();
      } catch (error) {
        logger.debug('an answer could not be cached', { error });
      }
    },
  };
}
