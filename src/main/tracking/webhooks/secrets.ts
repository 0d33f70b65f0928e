import { randomBytes } from 'node:crypto';
import type { Kysely } from 'kysely';
import type { Connections } from '../../connections/connections.ts';
import type { Clock } from '../../core/clock.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Vault } from '../../vault/vault.ts';

/** What webhooks are signed with: a secret of the person's own for a GitHub server, and those of their GitHub Apps. */
export interface WebhookSecrets {
  /** Whether there is any; known while the vault is closed, too. */
  any(): Promise<boolean>;
  /** @throws AppError a vault code */
  all(): Promise<string[]>;
  /**
   * @param secret undefined: makes one; null: forgets it. Those of GitHub Apps stay as they are.
   * @returns the person's own that holds now
   * @throws AppError a vault code
   */
  set(secret?: string | null): Promise<string | null>;
}

export function createWebhookSecrets(parts: {
  db: Kysely<Schema>;
  vault: Vault;
  apps: Pick<Connections['githubApps'], 'hasWebhookSecrets' | 'webhookSecrets'>;
  clock: Clock;
  /** GitHub's. */
  host: string;
}): WebhookSecrets {
  const { db, vault, apps, clock, host } = parts;
  const place = { table: 'webhook_secrets', row: host, column: 'sealed_secret' };
  const own = () =>
    db.selectFrom('webhook_secrets').select('sealed_secret').where('host', '=', host).executeTakeFirst();

  return {
    any: async () => (await own()) !== undefined || apps.hasWebhookSecrets(),
    async all() {
      const row = await own();
      const secrets = await apps.webhookSecrets();
      return row === undefined ? secrets : [await vault.open(place, row.sealed_secret), ...secrets];
    },
    async set(given) {
      if (given === null) {
        await db.deleteFrom('webhook_secrets').where('host', '=', host).execute();
        return null;
      }
      const secret = given ?? randomBytes(32).toString('base64url');
      const values = { sealed_secret: await vault.seal(place, secret), updated_at: clock.now() };
      await db
        .insertInto('webhook_secrets')
        .values({ host, ...values })
        .onConflict((conflict) => conflict.column('host').doUpdateSet(values))
        .execute();
      return secret;
    },
  };
}
