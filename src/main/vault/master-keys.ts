import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { KeySourceName } from '../../shared/app-views.ts';
import type { Clock } from '../core/clock.ts';
import { AppError } from '../core/errors.ts';
import type { Logger } from '../core/logger.ts';
import type { Schema } from '../storage/schema.ts';
import { NoAnswer } from './bounded-keychain.ts';
import { importKey, open, type SealingKey, seal } from './envelope.ts';
import { type KeyRow, keyRegister, promote } from './key-register.ts';
import type { KeySource } from './key-source.ts';
import { holdsSealedRecords, reseal } from './sealed-records.ts';
import type { Place } from './vault.ts';

const KEY_BYTES = 32;
const ID_BYTES = 16;
const KNOWN_TEXT = 'Trackeep Tray master key';

interface MasterKeysParts {
  source: KeySource;
  db: Kysely<Schema>;
  clock: Clock;
  logger: Logger;
  learn(secret: string): void;
}

/**
 * The life of master keys: made, fetched, replaced, removed.
 *
 * A new key becomes current in four steps, each of which may be the last one before a crash:
 * 1. it is entered in `vault_keys` as `next`;
 * 2. it is written to its source, and read back;
 * 3. one transaction re-encrypts everything, makes it `current` and the former one `retired`;
 * 4. the former one is removed from the source, then from the table.
 * Before 3 the old key opens everything, after it the new one. What 1, 2 or 4 left behind, `tidy` clears away.
 */
export function masterKeys({ source, db, clock, logger, learn }: MasterKeysParts) {
  const register = keyRegister(db, clock);

  /** @returns the key of a row, or null when the source does not have it, or holds another one in its place */
  async function fetch(row: KeyRow): Promise<SealingKey | null> {
    const bytes = await source.fetch(row.key_id, row.wrapping);
    if (bytes === null || bytes.length !== KEY_BYTES) return null;
    learn(Buffer.from(bytes).toString('base64url'));
    const key = await importKey(row.key_id, bytes);
    const text = await open(key, verifierPlace(row.key_id), row.verifier).catch(() => null);
    return text === KNOWN_TEXT ? key : null;
  }

  async function make(predecessor: SealingKey | null): Promise<{ key: SealingKey; records: number }> {
    const id = randomBytes(ID_BYTES).toString('base64url');
    const bytes = randomBytes(KEY_BYTES);
    learn(bytes.toString('base64url'));
    const key = await importKey(id, bytes);
    const verifier = await seal(key, verifierPlace(id), KNOWN_TEXT);
    await register.announce({ key_id: id, source: source.name, verifier });
    const wrapping = await keep(id, bytes);
    const kept = await source.fetch(id, wrapping);
    if (kept === null || !bytes.equals(kept)) {
      throw new AppError('vault_unavailable', `What was written to the ${source.backend} cannot be read back.`);
    }
    return db.transaction().execute(async (transaction) => {
      const { records, refused } = predecessor
        ? await reseal(transaction, { from: predecessor, to: key })
        : { records: 0, refused: [] };
      await promote(transaction, id, wrapping);
      for (const { table, column } of refused) logger.warn('a sealed record does not open', { table, column });
      return { key, records };
    });
  }

  async function keep(id: string, bytes: Uint8Array): Promise<string | null> {
    try {
      return await source.keep(id, bytes);
    } catch (error) {
      // Surely not written, so there is nothing to remember. After a time-out it may yet be: then the row stays.
      const unsure = error instanceof AppError && error.cause instanceof NoAnswer;
      if (!unsure) await register.strike(id);
      throw error;
    }
  }

  return {
    /**
     * The current master key; on a new data folder a new one. A lost key is replaced only when nothing is sealed
     * under it any more: as long as one record is left, the person may still find the key.
     *
     * @throws AppError `vault_missing`, or what the source throws
     */
    async open(): Promise<SealingKey> {
      const current = (await register.list()).find((row) => row.state === 'current');
      if (current !== undefined && current.source !== source.name) throw otherSource(current.source, source.name);
      const key = current === undefined ? null : await fetch(current);
      if (key !== null) return key;
      if (await holdsSealedRecords(db)) throw lost(source);
      if (current !== undefined) logger.warn('the master key is gone, but nothing is sealed: starting with a new one');
      return (await make(null)).key;
    },

    /** Replaces the current key and re-encrypts everything. The former key stays in its source until `tidy`. */
    rotate: make,

    /**
     * Removes every key but the current one. A record that was sealed under a retired key, but came to the database
     * only after the rotation, is sealed anew first.
     *
     * @returns the retired keys it removed
     */
    async tidy(current: SealingKey): Promise<SealingKey[]> {
      const removed: SealingKey[] = [];
      for (const row of await register.list()) {
        if (row.state === 'current' || row.source !== source.name) continue;
        const retired = row.state === 'retired' ? await fetch(row) : null;
        if (retired !== null) {
          await db.transaction().execute((transaction) => reseal(transaction, { from: retired, to: current }));
          removed.push(retired);
        }
        await source.remove(row.key_id);
        await register.strike(row.key_id);
      }
      return removed;
    },
  };
}

function verifierPlace(keyId: string): Place {
  return { table: 'vault_keys', row: keyId, column: 'verifier' };
}

function lost(source: KeySource): AppError {
  const where = { keychain: 'keychain entry', passphrase: 'wrapped key', file: 'key file' }[source.name];
  return new AppError('vault_missing', `The master key of this data folder is not in the ${source.backend}.`, {
    remedy: `Put the ${where} back, or disconnect every account and connect again to start with a new key.`,
  });
}

function otherSource(made: KeySourceName, asked: KeySourceName): AppError {
  return new AppError('vault_missing', `This data folder was made with --vault=${made}, not with --vault=${asked}.`, {
    remedy: `Start with --vault=${made}, or choose another data folder with --data DIR.`,
  });
}
