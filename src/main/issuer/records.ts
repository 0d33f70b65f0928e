import type { Kysely } from 'kysely';
import type { Adapter, AdapterPayload } from 'oidc-provider';
import type { Clock } from '../core/clock.ts';
import type { GroupCommit } from '../storage/group-commit.ts';
import type { Schema } from '../storage/schema.ts';
import type { Prepare } from '../storage/store.ts';
import type { Vault } from '../vault/vault.ts';
import { digest } from './digest.ts';
import { isTouched, touchGrant } from './grants.ts';
import type { RefreshContext } from './refresh-context.ts';

/** Models whose payload holds nothing that could be presented, once the token itself is left out. */
const PLAIN_MODELS = new Set(['RefreshToken', 'AuthorizationCode']);

export interface RecordsParts {
  db: Kysely<Schema>;
  commit: GroupCommit;
  vault: Vault;
  clock: Clock;
  accessTokenTtlMs: number;
  /** How long a used refresh token is answered with its own successor, ms; 0: never. */
  graceMs: number;
  refreshContext: RefreshContext;
  /** Makes the library's error for a grant that holds no more (RFC 6749 §5.2). */
  invalidGrant(detail: string): Error;
}

const UPSERT = `
  insert into issuer_records
    (model, id_hash, grant_id, lookup_hash, payload, sealed_payload, expires_at)
    values (?, ?, ?, ?, ?, ?, ?)
  on conflict (model, id_hash) do update set
    grant_id = excluded.grant_id, lookup_hash = excluded.lookup_hash, payload = excluded.payload,
    sealed_payload = excluded.sealed_payload, expires_at = excluded.expires_at`;

/**
 * Keeps the library's records in the database. What is presented by a client is stored as its hash; what must be read
 * back and is a secret is sealed.
 *
 * @param model the library's name for the kind of record
 */
export function createRecordAdapter(parts: RecordsParts, model: string): Adapter {
  const { db, commit, vault, clock, accessTokenTtlMs, graceMs, refreshContext, invalidGrant } = parts;
  const sealed = !PLAIN_MODELS.has(model);
  const place = (hash: string) => ({ table: 'issuer_records', row: `${model} ${hash}`, column: 'sealed_payload' });

  const rowOf = (hash: string) =>
    db.selectFrom('issuer_records').selectAll().where('model', '=', model).where('id_hash', '=', hash);
  type Row = Awaited<ReturnType<ReturnType<typeof rowOf>['executeTakeFirst']>>;

  const read = async (row: Row, id?: string): Promise<AdapterPayload | undefined> => {
    if (row === undefined) return undefined;
    const text = row.payload ?? (await vault.open(place(row.id_hash), row.sealed_payload ?? ''));
    const payload: AdapterPayload = JSON.parse(text);
    if (id !== undefined) payload.jti = id;
    if (row.consumed_at !== null) payload.consumed = Math.floor(row.consumed_at / 1000);
    return payload;
  };

  const findByLookup = async (value: string) => {
    const row = await db
      .selectFrom('issuer_records')
      .selectAll()
      .where('model', '=', model)
      .where('lookup_hash', '=', digest(value))
      .executeTakeFirst();
    return read(row);
  };

  return {
    async upsert(id, payload, expiresIn) {
      const hash = digest(id);
      const { jti, ...rest } = payload;
      const text = JSON.stringify(sealed ? payload : rest);
      const used = model === 'RefreshToken' ? refreshContext.rotating() : null;
      const usedHash = used === null ? null : digest(used);
      const sealedPayload = sealed ? await vault.seal(place(hash), text) : null;
      const now = clock.now();
      const lookup = payload.userCode ?? payload.uid;
      const grantId = payload.grantId ?? null;
      const expiresAt = now + (expiresIn ?? 0) * 1000;
      const lookupHash = lookup === undefined ? null : digest(lookup);

      const until = model === 'RefreshToken' ? Math.max(expiresAt, now + accessTokenTtlMs) : expiresAt;
      const reads = usedHash === null ? null : refreshContext.reads();
      const touched = reads !== null && reads.grant.id === grantId && isTouched(reads.grant, { now, until });

      await commit((prepare) => {
        // A used token that is still there has its grant still: it would have gone with it.
        if (grantId !== null && !touched && !touchGrant(prepare, { id: grantId, now, until })) {
          throw invalidGrant('the grant was revoked meanwhile');
        }
        // The old token is used up in the transaction that stores its successor: a crash leaves one or the other.
        if (usedHash !== null && !markConsumed(prepare, { model, hash: usedHash, now })) {
          throw invalidGrant('the refresh token was used or revoked meanwhile');
        }
        prepare(UPSERT).run(model, hash, grantId, lookupHash, sealed ? null : text, sealedPayload, expiresAt);
      });
    },

    async find(id) {
      const reads = model === 'RefreshToken' ? refreshContext.reads() : null;
      const row = reads?.token === id ? reads.record : await rowOf(digest(id)).executeTakeFirst();
      const payload = await read(row, sealed ? undefined : id);
      if (payload === undefined || model !== 'RefreshToken' || typeof row?.consumed_at !== 'number') return payload;
      // The absolute value: a clock set back must not open an endless grace.
      if (graceMs === 0 || Math.abs(clock.now() - row.consumed_at) > graceMs) return payload;
      refreshContext.answerWith(refreshContext.successorOf(id));
      const { consumed, ...unused } = payload;
      return unused;
    },

    findByUid: findByLookup,
    findByUserCode: findByLookup,

    async consume(id) {
      // A refresh token is used up together with the birth of its successor, in `upsert`.
      if (model === 'RefreshToken') return;
      const now = clock.now();
      await commit((prepare) => {
        const hash = digest(id);
        // Two requests with one code: the library has looked at both before it uses up the first.
        if (!markConsumed(prepare, { model, hash, now })) throw invalidGrant('it was used already');
        const record = prepare<[string, string], { grant_id: string | null }>(
          'select grant_id from issuer_records where model = ? and id_hash = ?',
        ).get(model, hash);
        const grantId = record?.grant_id ?? null;
        if (grantId !== null) touchGrant(prepare, { id: grantId, now, until: now + accessTokenTtlMs });
      });
    },

    async destroy(id) {
      await db.deleteFrom('issuer_records').where('model', '=', model).where('id_hash', '=', digest(id)).execute();
    },

    async revokeByGrantId(grantId) {
      await db.deleteFrom('issuer_records').where('model', '=', model).where('grant_id', '=', grantId).execute();
    },
  };
}

/** @returns whether there was such a record, and it was not used before */
function markConsumed(prepare: Prepare, { model, hash, now }: { model: string; hash: string; now: number }): boolean {
  // Without `returning`, for which SQLite makes a table each time.
  const mark = prepare<[number, string, string]>(
    'update issuer_records set consumed_at = ? where model = ? and id_hash = ? and consumed_at is null',
  );
  return mark.run(now, model, hash).changes === 1;
}
