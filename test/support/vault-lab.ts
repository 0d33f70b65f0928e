import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Kysely } from 'kysely';
import { createBus } from '../../src/main/core/bus.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import type { Schema } from '../../src/main/storage/schema.ts';
import { createVault } from '../../src/main/vault/create-vault.ts';
import type { Keychain } from '../../src/main/vault/keychain.ts';
import type { Place, Vault } from '../../src/main/vault/vault.ts';
import type { KeySourceName } from '../../src/shared/app-views.ts';
import { accountRow } from './account-row.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { type MemoryKeychain, memoryKeychain } from './memory-keychain.ts';
import { recordingLogger } from './recording-logger.ts';

export interface VaultLabOptions {
  source: KeySourceName;
  passphrase: string | null;
  dataDir: string;
  keychain: MemoryKeychain;
  /** Takes the place of the twin: the real keychain, in a process of its own. */
  realKeychain: Keychain;
}

/** A vault over a real database in a folder of its own, with the clock and the keychain in the test's hands. */
export interface VaultLab {
  readonly vault: Vault;
  readonly db: Kysely<Schema>;
  readonly dataDir: string;
  readonly clock: ManualClock;
  readonly keychain: MemoryKeychain;
  /** What the redactor was taught. */
  readonly learned: Set<string>;
  /** Everything that was logged, before any redaction. */
  readonly log: string[];
  /** How often the vault said that its view changed. */
  changes(): number;
  /** Ends this one and opens the same data folder anew, as the next start of the app does. */
  restart(change?: Partial<VaultLabOptions>): Promise<VaultLab>;
  /** Closes the database; the data folder stays. */
  release(): Promise<void>;
  /** Closes the database and removes the data folder. */
  close(): Promise<void>;
}

export async function openVaultLab(options: Partial<VaultLabOptions> = {}): Promise<VaultLab> {
  const { source = 'keychain', passphrase = null, keychain = memoryKeychain() } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'tt-vault-')));
  const clock = createManualClock();
  const log: string[] = [];
  const logger = recordingLogger(log);
  const learned = new Set<string>();
  const redactor = { learn: (secret: string) => void learned.add(secret) };
  let changes = 0;
  const bus = createBus((error) => log.push(String(error)));
  bus.on('vault', () => {
    changes += 1;
  });
  const { db, close } = await openDatabase({ dataDir, logger });
  const used = options.realKeychain ?? keychain;
  const vault = await createVault({ source, passphrase, dataDir, keychain: used, db, clock, logger, redactor, bus });
  return {
    vault,
    db,
    dataDir,
    clock,
    keychain,
    learned,
    log,
    changes: () => changes,
    async restart(change = {}) {
      await close();
      return openVaultLab({ ...options, source, passphrase, dataDir, keychain, ...change });
    },
    release: close,
    async close() {
      await close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

/** Where the access token of an account stands. */
export function accessTokenOf(account: string): Place {
  return { table: 'installations', row: account, column: 'sealed_access_token' };
}

/** Seals a token and stores it as the connection of an account does: row and ciphertext in one statement. */
export async function storeToken({ db, vault }: Pick<VaultLab, 'db' | 'vault'>, account: string, token: string) {
  const sealed = await vault.seal(accessTokenOf(account), token);
  await db
    .insertInto('installations')
    .values(accountRow({ id: account, external_org_id: account, sealed_access_token: sealed }))
    .onConflict((conflict) => conflict.column('id').doUpdateSet({ sealed_access_token: sealed }))
    .execute();
}

/** @throws AppError as `Vault.open`, and when there is no such account */
export async function readToken({ db, vault }: Pick<VaultLab, 'db' | 'vault'>, account: string): Promise<string> {
  const row = await db
    .selectFrom('installations')
    .select('sealed_access_token')
    .where('id', '=', account)
    .executeTakeFirstOrThrow();
  return vault.open(accessTokenOf(account), row.sealed_access_token ?? '');
}
