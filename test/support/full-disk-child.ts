/**
 * `node full-disk-child.ts DATA_DIR`, on a disk of its own: signs an account in, fills the disk, tries to write
 * everywhere, makes room again and goes on. Prints what happened as JSON.
 */
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeFileAtomic } from '../../src/main/core/atomic-file.ts';
import { createBus } from '../../src/main/core/bus.ts';
import { openDataFolder } from '../../src/main/core/data-folder.ts';
import { acquireInstanceLock } from '../../src/main/core/instance-lock.ts';
import { createLogger } from '../../src/main/core/logger.ts';
import { createRedactor } from '../../src/main/core/redact.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { createSettings } from '../../src/main/storage/settings.ts';
import { openSettingsFile } from '../../src/main/storage/settings-file.ts';
import { accountRow } from './account-row.ts';
import { fillDisk } from './fill-disk.ts';
import { outcomeOf } from './outcome.ts';

const [dataDir = ''] = process.argv.slice(2);
const ballast = join(dataDir, 'ballast');
const config = {
  automaticChecks: null,
  checkIntervalMs: null,
  prereleases: null,
  appVersion: null,
  issuer: { resourceServers: null },
};

await openDataFolder(dataDir);
acquireInstanceLock(dataDir);
const logger = createLogger({ dataDir, level: 'info', console: false, redact: createRedactor() });
const { db, integrityCheck, close } = await openDatabase({ dataDir, logger });
const settings = createSettings({ file: openSettingsFile(dataDir), config, loginItem: null, bus: createBus(() => {}) });
settings.set({ prereleases: true });
writeFileAtomic(join(dataDir, 'key'), 'the old key');
await db
  .insertInto('installations')
  .values(accountRow({ sealed_access_token: 'committed' }))
  .execute();

fillDisk(ballast);
const full = {
  folder: await outcomeOf(() => openDataFolder(dataDir)),
  commit: await outcomeOf(() =>
    db.transaction().execute((transaction) =>
      transaction
        .updateTable('installations')
        .set({ sealed_access_token: 'x'.repeat(500_000) })
        .execute(),
    ),
  ),
  settings: await outcomeOf(async () => settings.set({ prereleases: false })),
  file: await outcomeOf(async () => writeFileAtomic(join(dataDir, 'key'), 'n'.repeat(500_000))),
  log: await outcomeOf(async () => logger.info('nobody will read this'.repeat(1_000))),
};
const kept = {
  token: (await db.selectFrom('installations').select('sealed_access_token').executeTakeFirstOrThrow())
    .sealed_access_token,
  prereleases: settings.get().prereleases,
  settingsFile: readFileSync(join(dataDir, 'settings.json'), 'utf8'),
  key: readFileSync(join(dataDir, 'key'), 'utf8'),
  integrity: await integrityCheck(),
};

rmSync(ballast);
const afterwards = await outcomeOf(async () => {
  await db.updateTable('installations').set({ sealed_access_token: 'new' }).execute();
  settings.set({ prereleases: false });
});
await close();
logger.close();
console.log(JSON.stringify({ full, kept, afterwards }));
