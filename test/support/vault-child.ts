/**
 * A process that works with a vault and does not live to the end of it; see vault-process.ts.
 */
import type { KyselyPlugin } from 'kysely';
import { systemClock } from '../../src/main/core/clock.ts';
import type { Logger } from '../../src/main/core/logger.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createVault } from '../../src/main/vault/create-vault.ts';
import type { Keychain } from '../../src/main/vault/keychain.ts';
import { systemKeychain } from '../../src/main/vault/system-keychain.ts';
import { createManualClock } from './manual-clock.ts';
import { storeToken } from './vault-lab.ts';
import { bundle, type VaultTask } from './vault-process.ts';

const silence = () => {};
const logger: Logger = { debug: silence, info: silence, warn: silence, error: silence, child: () => logger };

const task: VaultTask = JSON.parse(process.argv[2] ?? '');
let armed = false;
let steps = 0;

/** The process ends here, without a last word, if this is its step. */
function step(): void {
  if (!armed || task.name !== 'rotate') return;
  steps += 1;
  if (steps === task.dieAtStep) process.kill(process.pid, 'SIGKILL');
}

/** Before every statement. */
const deadlyDatabase: KyselyPlugin = {
  transformQuery({ node }) {
    step();
    return node;
  },
  transformResult: async ({ result }) => result,
};

/** Before and after every call, so that what a call did, and that nothing followed it, are both tried. */
function deadlyKeychain(keychain: Keychain): Keychain {
  async function around<T>(call: () => Promise<T>): Promise<T> {
    step();
    const answer = await call();
    step();
    return answer;
  }
  return {
    name: keychain.name,
    read: (account) => around(() => keychain.read(account)),
    write: (account, secret) => around(() => keychain.write(account, secret)),
    remove: (account) => around(() => keychain.remove(account)),
  };
}

const clock = createManualClock(Date.now());
const database = await openDatabase({ dataDir: task.dataDir, logger });
const db = database.db.withPlugin(deadlyDatabase);
const vault = await createVault({
  source: task.source,
  db,
  dataDir: task.dataDir,
  passphrase: 'correct horse battery',
  clock,
  logger,
  redactor: { learn: silence },
  keychain: deadlyKeychain(systemKeychain({ clock: systemClock() })),
});
await vault.unlock();
armed = true;

if (task.name === 'rotate') {
  await vault.rotate();
  // The former key is removed half a minute later.
  await clock.advance(30_000);
  const left = () => db.selectFrom('vault_keys').select('key_id').where('state', '!=', 'current').execute();
  while ((await left()).length > 0) await clock.settle();
} else {
  // Until somebody ends it.
  for (let version = 1; ; version++) {
    await storeToken({ db, vault }, 'a', bundle(version));
    process.send?.(version);
  }
}
await database.close();
