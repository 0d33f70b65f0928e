import { randomBytes, randomUUID } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Schema } from '../storage/schema.ts';
import type { Vault } from '../vault/vault.ts';

/** Random values that are made once and stay as long as the data folder. */
export interface IssuerSecrets {
  /** Signs the cookies of the pages. */
  readonly cookieKey: string;
  /**
   * The person, as clients know them (`sub`): the same for all, and random, so that it says nothing about anybody and
   * two installations of the app do not share it.
   */
  readonly subject: string;
  /** Makes a refresh token's successor out of it. */
  readonly successorKey: string;
}

/** @throws AppError `vault_locked` and its kin */
export async function openSecrets(db: Kysely<Schema>, vault: Vault): Promise<IssuerSecrets> {
  return {
    cookieKey: await openOrMake(db, vault, 'cookie_key', randomKey),
    subject: await openOrMake(db, vault, 'subject', randomUUID),
    successorKey: await openOrMake(db, vault, 'successor_key', randomKey),
  };
}

function randomKey(): string {
  return randomBytes(32).toString('base64url');
}

async function openOrMake(db: Kysely<Schema>, vault: Vault, name: string, make: () => string): Promise<string> {
  const place = { table: 'issuer_secrets', row: name, column: 'sealed_value' };
  const read = () => db.selectFrom('issuer_secrets').select('sealed_value').where('name', '=', name).executeTakeFirst();
  let row = await read();
  if (row === undefined) {
    const sealed = await vault.seal(place, make());
    await db
      .insertInto('issuer_secrets')
      .values({ name, sealed_value: sealed })
      .onConflict((conflict) => conflict.doNothing())
      .execute();
    row = await read();
  }
  return vault.open(place, row?.sealed_value ?? '');
}
