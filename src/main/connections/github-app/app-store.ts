import type { KeyObject } from 'node:crypto';
import { readFile, stat } from 'node:fs/promises';
import type { Kysely } from 'kysely';
import type { Clock } from '../../core/clock.ts';
import { AppError, hasCode } from '../../core/errors.ts';
import type { Schema } from '../../storage/schema.ts';
import type { Vault } from '../../vault/vault.ts';
import { readPrivateKey } from './private-key.ts';

/** What is known of an app, without its secrets. */
export interface KnownApp {
  /** GitHub's number of it. */
  id: string;
  slug: string;
  name: string;
  owner: string | null;
  clientId: string | null;
  addedAt: number;
  configuredBy: 'person' | 'environment';
  /** The only installation to use; null: all of them. */
  onlyInstallation: string | null;
}

export type AppFacts = Pick<KnownApp, 'id' | 'slug' | 'name' | 'owner' | 'clientId'>;

export interface AppSecrets {
  privateKey: string;
  clientSecret: string | null;
  webhookSecret: string | null;
}

/** The app that GITHUB_APP_ID and its neighbours name. */
export interface EnvironmentApp {
  id: string;
  installationId: string | null;
  privateKeyPath: string;
}

/** The `github_apps` table of one GitHub, and beside it the app that the environment names. */
export interface AppStore {
  /** The oldest first. */
  all(): Promise<KnownApp[]>;
  /** @throws AppError `not_found` */
  get(id: string): Promise<KnownApp>;
  /** @throws AppError `not_found`, a vault code, or `config_invalid` for a file of the environment's that is no good */
  key(id: string): Promise<KeyObject>;
  /** Whether any app here has a secret for its webhooks. */
  hasWebhookSecrets(): Promise<boolean>;
  /** What the webhooks of the apps here are signed with. @throws AppError a vault code */
  webhookSecrets(): Promise<string[]>;
  /** Keeps a new app, or another key of one that is here already. @throws AppError a vault code */
  add(facts: AppFacts, secrets: AppSecrets): Promise<void>;
  /** What GitHub says of an app now. */
  describe(facts: AppFacts): Promise<void>;
  /** @throws AppError `bad_input` for the environment's */
  remove(id: string): Promise<void>;
}

export interface AppStoreParts {
  db: Kysely<Schema>;
  vault: Vault;
  clock: Clock;
  host: string;
  environment: EnvironmentApp | null;
}

export function createAppStore({ db, vault, clock, host, environment }: AppStoreParts): AppStore {
  const place = (id: string, column: string) => ({ table: 'github_apps', row: `${host} ${id}`, column });
  const seal = (id: string, column: string, secret: string | null) =>
    secret === null ? null : vault.seal(place(id, column), secret);
  const rowOf = (id: string) =>
    db.selectFrom('github_apps').selectAll().where('host', '=', host).where('id', '=', id).executeTakeFirst();

  const webhookRows = () =>
    db
      .selectFrom('github_apps')
      .select(['id', 'sealed_webhook_secret'])
      .where('host', '=', host)
      .where('sealed_webhook_secret', 'is not', null)
      .execute();

  /** Kept in memory only: the environment may name another app tomorrow. */
  const fromEnvironment: KnownApp | null = environment && {
    id: environment.id,
    slug: '',
    name: `GitHub App ${environment.id}`,
    owner: null,
    clientId: null,
    addedAt: clock.now(),
    configuredBy: 'environment',
    onlyInstallation: environment.installationId,
  };
  const isEnvironments = (id: string) => fromEnvironment?.id === id;

  const all = async (): Promise<KnownApp[]> => {
    const rows = await db
      .selectFrom('github_apps')
      .selectAll()
      .where('host', '=', host)
      .orderBy('added_at')
      .orderBy('id')
      .execute();
    const stored = rows
      .filter(({ id }) => !isEnvironments(id))
      .map(
        ({ id, slug, name, owner, client_id, added_at }): KnownApp => ({
          ...{ id, slug, name, owner, clientId: client_id, addedAt: added_at },
          ...{ configuredBy: 'person', onlyInstallation: null },
        }),
      );
    return fromEnvironment ? [{ ...fromEnvironment }, ...stored] : stored;
  };

  return {
    all,
    async get(id) {
      const app = (await all()).find((candidate) => candidate.id === id);
      if (!app) throw new AppError('not_found', `No GitHub App with the number ${id} is set up here.`);
      return app;
    },
    async key(id) {
      if (environment && isEnvironments(id)) return readKeyFile(environment.privateKeyPath);
      const row = await rowOf(id);
      if (!row) throw new AppError('not_found', `No GitHub App with the number ${id} is set up here.`);
      return readPrivateKey(await vault.open(place(id, 'sealed_private_key'), row.sealed_private_key));
    },
    async hasWebhookSecrets() {
      return (await webhookRows()).length > 0;
    },
    async webhookSecrets() {
      const secrets: string[] = [];
      for (const { id, sealed_webhook_secret: sealed } of await webhookRows()) {
        if (sealed !== null) secrets.push(await vault.open(place(id, 'sealed_webhook_secret'), sealed));
      }
      return secrets;
    },
    async add({ id, slug, name, owner, clientId }, { privateKey, clientSecret, webhookSecret }) {
      if (isEnvironments(id)) throw ofEnvironment();
      const known = await rowOf(id);
      const sealed = {
        client: await seal(id, 'sealed_client_secret', clientSecret),
        webhook: await seal(id, 'sealed_webhook_secret', webhookSecret),
        key: await vault.seal(place(id, 'sealed_private_key'), privateKey),
      };
      const values = {
        ...{ slug, name, owner, client_id: clientId, sealed_private_key: sealed.key },
        // A key that is imported brings no secrets along, and does not end those that are here.
        sealed_client_secret: sealed.client ?? known?.sealed_client_secret ?? null,
        sealed_webhook_secret: sealed.webhook ?? known?.sealed_webhook_secret ?? null,
      };
      await db
        .insertInto('github_apps')
        .values({ id, host, added_at: clock.now(), ...values })
        .onConflict((conflict) => conflict.columns(['host', 'id']).doUpdateSet(values))
        .execute();
    },
    async describe({ id, slug, name, owner, clientId }) {
      if (fromEnvironment && isEnvironments(id)) {
        Object.assign(fromEnvironment, { slug, name, owner, clientId });
        return;
      }
      await db
        .updateTable('github_apps')
        .set({ slug, name, owner, client_id: clientId })
        .where('host', '=', host)
        .where('id', '=', id)
        .execute();
    },
    async remove(id) {
      if (isEnvironments(id)) throw ofEnvironment();
      await db.deleteFrom('github_apps').where('host', '=', host).where('id', '=', id).execute();
    },
  };
}

function ofEnvironment(): AppError {
  return new AppError('bad_input', 'The environment sets this GitHub App.', {
    remedy: 'Change GITHUB_APP_ID there, and start again.',
  });
}

async function readKeyFile(file: string): Promise<KeyObject> {
  try {
    const { mode } = await stat(file);
    if (process.platform !== 'win32' && (mode & 0o077) !== 0) {
      throw wrongFile(file, 'other users may read or change it', `Run chmod 600 "${file}".`);
    }
    return readPrivateKey(await readFile(file, 'utf8'));
  } catch (error) {
    if (hasCode(error, 'config_invalid')) throw error;
    if (hasCode(error, 'bad_input')) throw wrongFile(file, 'it holds no private key of a GitHub App', error.remedy);
    throw wrongFile(file, `it cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown'})`);
  }
}

function wrongFile(file: string, problem: string, remedy?: string): AppError {
  return new AppError('config_invalid', `GITHUB_APP_PRIVATE_KEY_PATH names ${file}, but ${problem}.`, {
    ...(remedy === undefined ? {} : { remedy }),
  });
}
