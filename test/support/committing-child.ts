/** `node committing-child.ts DATA_DIR`: commits one account after the other and prints each id, until it is killed. */
import { randomUUID } from 'node:crypto';
import { writeSync } from 'node:fs';
import { openDatabase } from '../../src/main/storage/database.ts';
import { accountRow } from './account-row.ts';
import { createQuietLogger } from './quiet-logger.ts';

const [dataDir = ''] = process.argv.slice(2);
const { db } = await openDatabase({ dataDir, logger: createQuietLogger() });
for (;;) {
  const id = randomUUID();
  await db.transaction().execute(async (transaction) => {
    const row = accountRow({ id, external_org_id: id, login: id, display_name: null });
    await transaction.insertInto('installations').values(row).execute();
    await transaction.updateTable('installations').set({ display_name: id }).where('id', '=', id).execute();
  });
  // Straight to the pipe: what is said was committed, and what was committed is said at once.
  writeSync(1, `${id}\n`);
}
