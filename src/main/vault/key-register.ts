import type { Kysely } from 'kysely';
import type { KeySourceName } from '../../shared/app-views.ts';
import type { Clock } from '../core/clock.ts';
import type { Schema } from '../storage/schema.ts';

/** A master key as the database knows it. */
export interface KeyRow {
  key_id: string;
  state: 'current' | 'next' | 'retired';
  source: KeySourceName;
  verifier: string;
  wrapping: string | null;
}

/**
 * The `vault_keys` table: which master key is current, and which others may still lie in the key source. A key is
 * entered before it is written to its source and struck out after it was removed from there, so that after any crash
 * the table names every key that may exist.
 */
export function keyRegister(db: Kysely<Schema>, clock: Clock) {
  return {
    /** Every key of this vault, of any source. */
    async list(): Promise<KeyRow[]> {
      const rows = await db.selectFrom('vault_keys').selectAll().orderBy('created_at').execute();
      return rows.map((row) => ({ ...row, state: row.state as KeyRow['state'], source: row.source as KeySourceName }));
    },

    async announce(key: Pick<KeyRow, 'key_id' | 'source' | 'verifier'>): Promise<void> {
      const row = { ...key, state: 'next', wrapping: null, created_at: clock.now() } as const;
      await db.insertInto('vault_keys').values(row).execute();
    },

    async strike(keyId: string): Promise<void> {
      await db.deleteFrom('vault_keys').where('key_id', '=', keyId).where('state', '!=', 'current').execute();
    },
  };
}

/**
 * Makes an announced key the current one and retires the one before. Runs inside the transaction that re-encrypts.
 */
export async function promote(transaction: Kysely<Schema>, keyId: string, wrapping: string | null): Promise<void> {
  await transaction.updateTable('vault_keys').set({ state: 'retired' }).where('state', '=', 'current').execute();
  await transaction.updateTable('vault_keys').set({ state: 'current', wrapping }).where('key_id', '=', keyId).execute();
}
