import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type App, startApp } from '../../src/main/app.ts';
import { readConfig } from '../../src/main/core/config.ts';
import { createHeadlessHost } from '../../src/main/headless/headless-host.ts';
import type { Approvals, Clients } from '../../src/main/issuer/issuer.ts';

/**
 * The whole app in the test's own process, with all its rooms and doors: for specs that move time, which a process of
 * its own would not follow. The bundled app is in `app.ts`.
 */
export interface WholeApp {
  readonly app: App;
  readonly address: string;
  readonly dataDir: string;
  /** As the person reaches them: through the contract. */
  readonly approvals: Pick<Approvals, 'list' | 'approve'>;
  readonly clients: Pick<Clients, 'list' | 'revoke'>;
  /** Ends it, and starts another on the same data folder and port. */
  restart(): Promise<WholeApp>;
  stop(): Promise<void>;
}

/** @param options.env settings beside the data folder, the key file as vault, and a free port */
export async function startWholeApp(options: { env?: Readonly<Record<string, string>> } = {}): Promise<WholeApp> {
  const dataDir = await mkdtemp(join(tmpdir(), 'tt-whole-'));
  return start(dataDir, '0', options.env ?? {});
}

async function start(dataDir: string, port: string, env: Readonly<Record<string, string>>): Promise<WholeApp> {
  const config = readConfig({ env: { HOME: dataDir, ...env }, flags: { data: dataDir, port, vault: 'file' } });
  const host = createHeadlessHost({ link: () => null, quit: () => {} });
  const options = { version: '0.0.0', rendererDir: dataDir, logToConsole: false, demo: false };
  const app = await startApp(host, config, options);
  const call = (name: string, input: unknown) => app.control.call('web', name, input);
  return {
    app,
    dataDir,
    address: app.address,
    approvals: {
      list: () => call('approvals.list', {}) as ReturnType<Approvals['list']>,
      approve: (input) => call('approvals.approve', input) as ReturnType<Approvals['approve']>,
    },
    clients: {
      list: () => call('clients.list', {}) as ReturnType<Clients['list']>,
      revoke: (id, grantId) => call('clients.revoke', { id, grantId }) as ReturnType<Clients['revoke']>,
    },
    async restart() {
      await app.stop();
      return start(dataDir, new URL(app.address).port, env);
    },
    async stop() {
      await app.stop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}
