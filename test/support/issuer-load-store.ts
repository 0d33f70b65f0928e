/**
 * A data folder with any number of grants in it, made in seconds: one client signs in to the real app, and what that left
 * in the database is copied under other ids. No app may be running on the folder meanwhile.
 */
import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { connectToApp } from '../../src/main/http/socket-client.ts';
import { startApp } from './app.ts';
import { signIn } from './oauth-client.ts';

export interface StoredToken {
  clientId: string;
  refreshToken: string;
}

interface StoreOptions {
  port: number;
  grants: number;
  tokens: number;
  grantsOfAClient?: number;
  scope: string;
}

/** A port that is free now. Grants name their server with its port, so an app that comes back needs the same one. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}

/**
 * @param options.port the app's, on this folder, from now on
 * @param options.tokens how many of the refresh tokens to tell, spread evenly
 */
export async function storeGrants(dataDir: string, options: StoreOptions): Promise<StoredToken[]> {
  const model = await signInOnce(dataDir, options);
  const database = new Database(join(dataDir, 'trackeep.db'));
  try {
    return database.transaction(() => copy(database, model, options))();
  } finally {
    database.close();
  }
}

async function signInOnce(dataDir: string, { port, scope }: StoreOptions): Promise<StoredToken> {
  const app = await startApp({ dataDir, args: ['--port', String(port)] });
  try {
    const link = await connectToApp(dataDir);
    const approvals = {
      list: () => link.call('approvals.list', {}),
      approve: (decision: { id: string; number: number; rememberMs: number | null }) =>
        link.call('approvals.approve', decision),
    };
    const { clientId, tokens } = await signIn(app.ready.issuer, approvals, { scope });
    link.close();
    return { clientId, refreshToken: tokens.refresh_token ?? '' };
  } finally {
    await app.stop();
  }
}

function copy(
  database: Database.Database,
  model: StoredToken,
  { grants, tokens, grantsOfAClient = 10 }: StoreOptions,
): StoredToken[] {
  const rowOf = (table: string, column: string, value: unknown) =>
    database.prepare<unknown[], Record<string, unknown>>(`select * from ${table} where ${column} = ?`).get(value) ?? {};
  const insertLike = (table: string, row: Record<string, unknown>) => {
    const columns = Object.keys(row);
    const statement = database.prepare(
      `insert into ${table} (${columns.join(', ')}) values (${columns.map((column) => `@${column}`).join(', ')})`,
    );
    return (change: Record<string, unknown>) => statement.run({ ...row, ...change });
  };
  const client = rowOf('issuer_clients', 'client_id', model.clientId);
  const record = rowOf('issuer_records', 'id_hash', digest(model.refreshToken));
  const grant = rowOf('issuer_grants', 'id', record.grant_id);
  const insertClient = insertLike('issuer_clients', client);
  const insertGrant = insertLike('issuer_grants', grant);
  const insertRecord = insertLike('issuer_records', record);

  const told: StoredToken[] = [];
  const every = Math.max(1, Math.floor(grants / tokens));
  let clientId = model.clientId;
  for (let index = 0; index < grants; index += 1) {
    if (index % grantsOfAClient === 0) {
      clientId = randomUUID();
      insertClient({
        client_id: clientId,
        metadata: String(client.metadata).replaceAll(model.clientId, clientId),
      });
    }
    const grantId = randomUUID();
    const refreshToken = randomBytes(32).toString('base64url');
    const renamed = (payload: unknown) =>
      String(payload).replaceAll(model.clientId, clientId).replaceAll(String(grant.id), grantId);
    insertGrant({ id: grantId, client_id: clientId, payload: renamed(grant.payload) });
    insertRecord({ id_hash: digest(refreshToken), grant_id: grantId, payload: renamed(record.payload) });
    if (index % every === 0 && told.length < tokens) told.push({ clientId, refreshToken });
  }
  return told;
}

/** As the database has it. */
function digest(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}
