import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Bus, createBus } from '../../src/main/core/bus.ts';
import type { Clock } from '../../src/main/core/clock.ts';
import type { Logger } from '../../src/main/core/logger.ts';
import { type Database, openDatabase } from '../../src/main/storage/database.ts';
import { createVault } from '../../src/main/vault/create-vault.ts';
import type { Keychain } from '../../src/main/vault/keychain.ts';
import type { Place, Vault } from '../../src/main/vault/vault.ts';
import type { KeySourceName } from '../../src/shared/views.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { type MemoryKeychain, memoryKeychain } from './memory-keychain.ts';

/** A vault over a real database in a folder of its own, with time and keychain in the test's hands. */
export interface VaultLab extends Database {
  readonly dataDir: string;
  readonly vault: Vault;
  readonly clock: ManualClock;
  readonly keychain: MemoryKeychain;
  readonly bus: Bus;
  /** What the redactor was taught. */
  readonly learned: Set<string>;
  /** Everything that was logged, as text. */
  readonly log: string[];
  /** Closes the database and opens everything anew, as a later process would. The keychain stays what it was. */
  restart(change?: Partial<VaultLabOptions>): Promise<VaultLab>;
  close(): Promise<void>;
}

export interface VaultLabOptions {
  source: KeySourceName;
  passphrase: string | null;
  dataDir: string;
  keychain: MemoryKeychain;
}

export async function openVaultLab(options: Partial<VaultLabOptions> = {}): Promise<VaultLab> {
  const { source = 'keychain', passphrase = null, keychain = memoryKeychain() } = options;
  const dataDir = options.dataDir ?? (await mkdtemp(join(tmpdir(), 'tt-vault-')));
  const clock = createManualClock();
  const log: string[] = [];
  const learned = new Set<string>();
  const bus = createBus((error) => log.push(String(error)));
  const database = await openDatabase({ dataDir, logger: recordingLogger(log) });
  const vault = await createTestVault({ source, passphrase, dataDir, database, keychain, clock, bus, log, learned });
  return {
    ...database,
    dataDir,
    vault,
    clock,
    keychain,
    bus,
    learned,
    log,
    async restart(change = {}) {
      await database.close();
      return openVaultLab({ source, passphrase, dataDir, keychain, ...change });
    },
    async close() {
      await database.close();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

interface TestVaultParts extends VaultLabOptionsWithout<'keychain'> {
  keychain?: Keychain;
  database: Database;
  clock: Clock;
  bus?: Bus;
  log: string[];
  learned: Set<string>;
}
type VaultLabOptionsWithout<K extends keyof VaultLabOptions> = Omit<VaultLabOptions, K>;
