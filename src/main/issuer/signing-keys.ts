import { randomUUID } from 'node:crypto';
import type { JWK } from 'jose';
import type { Kysely } from 'kysely';
import { DAY_MS } from '../../shared/durations.ts';
import type { Clock } from '../core/clock.ts';
import type { Schema } from '../storage/schema.ts';
import type { Vault } from '../vault/vault.ts';
import { createKeyedLock } from './keyed-lock.ts';

/**
 * ES256 signs everything unless a client registered for RS256: it is twenty times as fast. RS256 is there because
 * OpenID Connect Core §15.1 and RFC 9068 §2.1 want every server to have it.
 */
const ALGORITHMS = ['ES256', 'RS256'] as const;

/** A key signs for this long. */
const ROTATION_AGE_MS = 90 * DAY_MS;
/** A key that signs no more is served for this long: no access token is good for longer, see ACCESS_TOKEN_TTL. */
const SERVED_AFTERWARDS_MS = 30 * DAY_MS;

/** The issuer's keys. The private halves rest in the vault. */
export interface SigningKeys {
  /** Private keys, those that sign first. Makes the first ones. @throws AppError `vault_locked` and its kin */
  open(): Promise<JWK[]>;
  /** Makes new keys that sign from now on. @returns their ids @throws AppError `vault_locked` and its kin */
  rotate(): Promise<string[]>;
  /**
   * Rotates keys that are too old and deletes those whose tokens have all ended.
   * @returns whether anything changed
   */
  tidy(): Promise<boolean>;
}

export function createSigningKeys({
  db,
  vault,
  clock,
}: {
  db: Kysely<Schema>;
  vault: Vault;
  clock: Clock;
}): SigningKeys {
  const lock = createKeyedLock();
  const placeOf = (kid: string) => ({ table: 'issuer_keys', row: kid, column: 'sealed_private_jwk' });

  const make = async (alg: (typeof ALGORITHMS)[number]) => {
    const { exportJWK, generateKeyPair } = await import('jose');
    const { privateKey, publicKey } = await generateKeyPair(alg, { extractable: true });
    const kid = randomUUID();
    const common = { kid, alg, use: 'sig' };
    return {
      kid,
      alg,
      public_jwk: JSON.stringify({ ...(await exportJWK(publicKey)), ...common }),
      sealed_private_jwk: await vault.seal(
        placeOf(kid),
        JSON.stringify({ ...(await exportJWK(privateKey)), ...common }),
      ),
      created_at: clock.now(),
      retired_at: null,
    };
  };

  const rotate = async () => {
    const made = await Promise.all(ALGORITHMS.map(make));
    await db.transaction().execute(async (transaction) => {
      await transaction
        .updateTable('issuer_keys')
        .set({ retired_at: clock.now() })
        .where('retired_at', 'is', null)
        .execute();
      await transaction.insertInto('issuer_keys').values(made).execute();
    });
    return made.map(({ kid }) => kid);
  };

  const signing = () => db.selectFrom('issuer_keys').select('created_at').where('retired_at', 'is', null).execute();

  return {
    rotate,

    async open() {
      // The start of the app and the first request may both find none, and one set is enough.
      await lock.run('first keys', async () => {
        if ((await signing()).length === 0) await rotate();
      });
      const rows = await db.selectFrom('issuer_keys').selectAll().orderBy('created_at', 'desc').execute();
      const current = rows.filter((row) => row.retired_at === null);
      const former = rows.filter((row) => row.retired_at !== null);
      return Promise.all(
        [...current, ...former].map(async ({ kid, sealed_private_jwk: sealed }): Promise<JWK> => {
          return JSON.parse(await vault.open(placeOf(kid), sealed));
        }),
      );
    },

    async tidy() {
      const { numDeletedRows } = await db
        .deleteFrom('issuer_keys')
        .where('retired_at', '<', clock.now() - SERVED_AFTERWARDS_MS)
        .executeTakeFirst();
      const old = (await signing()).some((row) => row.created_at < clock.now() - ROTATION_AGE_MS);
      if (old) await rotate();
      return old || numDeletedRows > 0n;
    },
  };
}
