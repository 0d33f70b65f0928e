import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openDatabase } from '../src/main/storage/database.ts';
import { fillWithMany, type Many } from '../test/support/many-tracked-rows.ts';
import { createQuietLogger } from '../test/support/quiet-logger.ts';
import { storeAccounts } from './stored-accounts.ts';

/** Whose pull requests, and asked for whose reviews, some of the rows of `fillWithMany` are. */
const LOGIN = 'octocat';

/**
 * A data folder with an account in it and so much tracked through it, made in seconds. Nothing is asked of GitHub there.
 *
 * @returns our numbers of the repositories
 */
export async function storeTracked(dataDir: string, many: Omit<Many, 'connectionId' | 'now'>): Promise<number[]> {
  await storeAccounts(dataDir, 1);
  await writeFile(join(dataDir, 'settings.json'), JSON.stringify({ tracking: { paused: true } }), { mode: 0o600 });
  const { db, close } = await openDatabase({ dataDir, logger: createQuietLogger() });
  try {
    const { id } = await db
      .updateTable('installations')
      .set({ login: LOGIN })
      .returning('id')
      .executeTakeFirstOrThrow();
    return await fillWithMany(db, { ...many, connectionId: id, now: Date.now() });
  } finally {
    await close();
  }
}
