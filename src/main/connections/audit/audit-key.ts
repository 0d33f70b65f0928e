import { createSecretKey, type KeyObject, randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import { hasCode } from '../../core/errors.ts';
import type { Logger } from '../../core/logger.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Vault } from '../../vault/vault.ts';
import { BEGINNING, endMac } from './chain.ts';

/** The key of the log with the text it is sealed as now, which a change of the master key replaces. */
export interface AuditKey {
  /** A fifth of the time of an HMAC with its bytes. */
  mac: KeyObject;
  sealed: string;
}

const PLACE = { table: 'audit_head', row: '1', column: 'sealed_key' } as const;
const KEY_BYTES = 32;

export interface AuditKeys {
  /**
   * The key that was used last, if any; whoever writes with it makes sure that it is still the log's.
   */
  latest(): AuditKey | null;
  /**
   * The key to write with. The first use makes it. One that no longer opens (a lost master key) is replaced, so that
   * tokens can be had again; what was written under it can be checked no more, and the check says so ever after.
   * @throws AppError a vault code, `disk_full`
   */
  forWriting(): Promise<AuditKey>;
  /** @returns null while there is none. @throws AppError a vault code, `vault_refused` */
  forReading(): Promise<AuditKey | null>;
}

export function createAuditKeys({
  db,
  vault,
  logger,
}: {
  db: Kysely<Schema>;
  vault: Vault;
  logger: Logger;
}): AuditKeys {
  let known: AuditKey | null = null;

  const forReading = async (): Promise<AuditKey | null> => {
    const head = await db.selectFrom('audit_head').select('sealed_key').executeTakeFirst();
    if (head === undefined) return null;
    const { sealed_key: sealed } = head;
    if (known?.sealed !== sealed) {
      known = { mac: createSecretKey(await vault.open(PLACE, sealed), 'base64'), sealed };
    }
    return known;
  };

  /** @param lost the sealed text of a key that does not open */
  const make = async (lost: string | null): Promise<void> => {
    const bytes = randomBytes(KEY_BYTES);
    const sealed = await vault.seal(PLACE, bytes.toString('base64'));
    await db.transaction().execute(async (transaction) => {
      if (lost !== null) await transaction.deleteFrom('audit_head').where('sealed_key', '=', lost).execute();
      const used = await transaction
        .selectFrom('installations')
        .select('id')
        .where('last_used_by', 'is not', null)
        .limit(1)
        .executeTakeFirst();
      // Tokens were handed out before, so there was a log: the new one begins as one whose first row is missing.
      const number = used === undefined ? 0 : 1;
      await transaction
        .insertInto('audit_head')
        .values({
          id: 1,
          sealed_key: sealed,
          last_number: number,
          head_mac: endMac(createSecretKey(bytes), { number, mac: BEGINNING }),
        })
        // Another process was here first.
        .onConflict((conflict) => conflict.doNothing())
        .execute();
    });
  };

  const sealedNow = async () => {
    const head = await db.selectFrom('audit_head').select('sealed_key').executeTakeFirst();
    return head?.sealed_key ?? null;
  };

  return {
    latest: () => known,
    forReading,
    async forWriting() {
      for (;;) {
        try {
          const key = await forReading();
          if (key !== null) return key;
          await make(null);
        } catch (error) {
          if (!hasCode(error, 'vault_refused')) throw error;
          logger.error('the key of the audit log does not open; the log goes on with a new one', { error });
          await make(await sealedNow());
        }
      }
    },
  };
}
