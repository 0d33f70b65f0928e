/** `node data-folder-child.ts DATA_DIR`: tries everything a start does with the data folder; prints how each ended. */
import { openDataFolder } from '../../src/main/core/data-folder.ts';
import { acquireInstanceLock } from '../../src/main/core/instance-lock.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { outcomeOf } from './outcome.ts';
import { createQuietLogger } from './quiet-logger.ts';

const [dataDir = ''] = process.argv.slice(2);
console.log(
  JSON.stringify({
    folder: await outcomeOf(() => openDataFolder(dataDir)),
    lock: await outcomeOf(() => acquireInstanceLock(dataDir)),
    database: await outcomeOf(() => openDatabase({ dataDir, logger: createQuietLogger() })),
  }),
);
