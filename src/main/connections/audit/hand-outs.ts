import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import type { Kysely, Transaction } from 'kysely';
import type { AuditView } from '../../../shared/views.ts';
import type { Clock } from '../../core/clock.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Narrowing, Requester } from '../connections.ts';
import type { Installation } from '../installations.ts';
import type { AuditKey, AuditKeys } from './audit-key.ts';
import { BEGINNING, endMac, rowMac, sameMac } from './chain.ts';

/** A token that is about to be handed out. */
export interface HandOut {
  /** As it was read together with the token. */
  installation: Pick<Installation, 'id' | 'platform' | 'host' | 'login' | 'generation' | 'lastRefreshedAt'>;
  requester: Requester;
  narrowing: Narrowing | null;
  /** The token's end, ms since the epoch; null: it does not expire. */
  expiresAt: number | null;
}

/** The one way out for a token. */
export interface HandOuts {
  /**
   * Writes down who gets the token. Only after that may anybody get it: without the row there is no token.
   *
   * @returns false if the account was disconnected, connected anew or ended since the token was read, or the token was
   *   replaced: then nothing was written, and nobody may get it
   * @throws AppError `disk_full`, `data_folder_unusable`, a vault code
   */
  commit(handOut: HandOut): Promise<boolean>;
}

interface Waiting {
  handOut: HandOut;
  resolve(stands: boolean): void;
  reject(error: unknown): void;
}

/** One commit waits for the disk once, however many rows it brings; this many keep the others waiting a few ms. */
const MOST_AT_ONCE = 256;

/**
 * The hand-outs of one instant share one transaction: each caller waits for the disk, but not each for a turn of its own.
 */
export function createHandOuts({ db, keys, clock }: { db: Kysely<Schema>; keys: AuditKeys; clock: Clock }): HandOuts {
  const waiting: Waiting[] = [];
  let writing = false;

  const write = async (handOuts: HandOut[]): Promise<boolean[]> => {
    for (;;) {
      const key = await keys.forWriting();
      const stand = await db.transaction().execute((transaction) => append(transaction, key, handOuts, clock.now()));
      if (stand !== 'key replaced') return stand;
    }
  };

  const writeAll = async () => {
    while (waiting.length > 0) {
      // Requests that have arrived already come to this point first.
      await turnOfTheLoop();
      const batch = waiting.splice(0, MOST_AT_ONCE);
      try {
        const stand = await write(batch.map(({ handOut }) => handOut));
        batch.forEach(({ resolve }, index) => void resolve(stand[index] ?? false));
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    writing = false;
  };

  return {
    commit(handOut) {
      const { promise, resolve, reject } = Promise.withResolvers<boolean>();
      waiting.push({ handOut, resolve, reject });
      if (!writing) {
        writing = true;
        void writeAll();
      }
      return promise;
    },
  };
}

/**
 * @returns for each whether it stands: its account is still the one that the token was read from
 */
async function append(
  transaction: Transaction<Schema>,
  key: AuditKey,
  handOuts: HandOut[],
  now: number,
): Promise<boolean[] | 'key replaced'> {
  const stand = await stampAccounts(transaction, handOuts, now);
  const rows = handOuts.filter((_, index) => stand[index]).map((handOut) => JSON.stringify(entryOf(handOut, now)));
  if (rows.length === 0) return stand;

  const head = await transaction.selectFrom('audit_head').selectAll().executeTakeFirst();
  if (head?.sealed_key !== key.sealed) return 'key replaced';
  const last = await transaction
    .selectFrom('audit')
    .select(['number', 'mac'])
    .orderBy('number', 'desc')
    .limit(1)
    .executeTakeFirst();

  let { number, mac } = last ?? { number: 0, mac: BEGINNING };
  const whole = number === head.last_number && sameMac(head.head_mac, endMac(key.bytes, { number, mac }));
  if (!whole) {
    // Somebody cut the log. To go on from what is left would cover that up: this row follows nothing, so that the check
    // finds the place for ever.
    number = Math.max(number, head.last_number);
    mac = BEGINNING;
  }
  const values = rows.map((entry) => {
    number += 1;
    mac = rowMac(key.bytes, mac, { number, entry });
    return { number, entry, mac };
  });
  await transaction.insertInto('audit').values(values).execute();
  await transaction
    .updateTable('audit_head')
    .set({ last_number: number, head_mac: endMac(key.bytes, { number, mac }) })
    .execute();
  return stand;
}

/** Notes the use at each account once, and finds out on the way which accounts are still there as they were. */
async function stampAccounts(transaction: Transaction<Schema>, handOuts: HandOut[], now: number): Promise<boolean[]> {
  const stamped = new Map<string, boolean>();
  const stand: boolean[] = [];
  for (const { installation, requester } of handOuts) {
    const { id, generation, lastRefreshedAt } = installation;
    const version = `${id} ${generation} ${lastRefreshedAt}`;
    let stands = stamped.get(version);
    if (stands === undefined) {
      const { numUpdatedRows } = await transaction
        .updateTable('installations')
        .set({ last_used_at: now, last_used_by: requester.name ?? requester.id })
        .where('id', '=', id)
        .where('generation', '=', generation)
        .where('last_refreshed_at', lastRefreshedAt === null ? 'is' : '=', lastRefreshedAt)
        .where('state', '=', 'ok')
        .executeTakeFirst();
      stands = numUpdatedRows === 1n;
      stamped.set(version, stands);
    }
    stand.push(stands);
  }
  return stand;
}

function entryOf({ installation, requester, narrowing, expiresAt }: HandOut, now: number): Omit<AuditView, 'number'> {
  const { platform, host, login } = installation;
  return {
    at: new Date(now).toISOString(),
    requester,
    platform,
    account: `${host}/${login}`,
    narrowedTo: narrowing,
    expiresAt: expiresAt === null ? null : new Date(expiresAt).toISOString(),
  };
}
