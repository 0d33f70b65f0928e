/** A data folder with any number of connected accounts in it, made in seconds. No app may be running on it meanwhile. */
import { randomBytes, randomUUID } from 'node:crypto';
import { createBus } from '../src/main/core/bus.ts';
import { systemClock } from '../src/main/core/clock.ts';
import { createRedactor } from '../src/main/core/redact.ts';
import { openDatabase } from '../src/main/storage/database.ts';
import { createVault } from '../src/main/vault/create-vault.ts';
import { accountRow } from '../test/support/account-row.ts';
import { createQuietLogger } from '../test/support/quiet-logger.ts';

/** As long as GitHub's own tokens last. */
const ACCESS_MS = 8 * 3600_000;
const REFRESH_MS = 180 * 86_400_000;

/**
 * Stores accounts as sign-ins at GitHub leave them: two tokens each, sealed for their rows.
 *
 * @returns the provider's ids of the accounts
 */
export async function storeAccounts(dataDir: string, count: number): Promise<string[]> {
  const clock = systemClock();
  const logger = createQuietLogger();
  const { db, close } = await openDatabase({ dataDir, logger });
  try {
    const vault = await createVault({
      ...{ source: 'file', passphrase: null, db, dataDir, clock, logger },
      ...{ redactor: createRedactor(), bus: createBus(() => {}) },
    });
    await vault.unlock();
    const now = clock.now();
    const rows: ReturnType<typeof accountRow>[] = [];
    for (let index = 0; index < count; index += 1) {
      const id = randomUUID();
      const sealed = (column: string, token: string) => vault.seal({ table: 'installations', row: id, column }, token);
      const login = `person-${index}`;
      rows.push(
        accountRow({
          ...{ id, login, display_name: login, external_org_name: login, installed_by: login },
          external_org_id: String(1_000_000 + index),
          sealed_access_token: await sealed('sealed_access_token', `ghu_${randomBytes(18).toString('hex')}`),
          sealed_refresh_token: await sealed('sealed_refresh_token', `ghr_${randomBytes(38).toString('hex')}`),
          access_expires_at: now + ACCESS_MS,
          refresh_expires_at: now + REFRESH_MS,
          metadata: JSON.stringify({ way: 'device', clientId: 'Iv1.benchmark', tokenPrefix: 'ghu_', signedInAt: now }),
          created_at: now + index,
        }),
      );
    }
    await db.transaction().execute(async (transaction) => {
      for (const row of rows) await transaction.insertInto('installations').values(row).execute();
    });
    return rows.map((row) => row.external_org_id);
  } finally {
    await close();
  }
}
