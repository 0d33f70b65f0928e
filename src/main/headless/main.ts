import { join } from 'node:path';
import packageJson from '../../../package.json' with { type: 'json' };
import { type App, startApp } from '../app.ts';
import { systemClock } from '../core/clock.ts';
import { type Config, readConfig } from '../core/config.ts';
import { hasCode, toAppError } from '../core/errors.ts';
import { showRunningApp } from '../http/show-running-app.ts';
import { type ConsoleReport, createConsoleReport } from './console-report.ts';
import { endAnyway } from './end-anyway.ts';
import { createHeadlessHost } from './headless-host.ts';
import { askPassphrase } from './passphrase.ts';

/** What `trackeep serve` takes; its help says what each means. */
export interface ServeOptions {
  data?: string | undefined;
  port?: string | undefined;
  vault?: string | undefined;
  demo: boolean;
  json: boolean;
}

/**
 * Runs the headless host until it is told to stop (SIGINT, SIGTERM, `app.quit`).
 *
 * @returns the exit code: 0 after a clean stop or a hand-over to the instance that runs already, 1 for a failed start
 */
export async function serve(options: ServeOptions): Promise<number> {
  const code = await runUntilStopped(options);
  endAnyway(code, systemClock());
  return code;
}

async function runUntilStopped(options: ServeOptions): Promise<number> {
  const report = createConsoleReport(options.json);
  const stop = Promise.withResolvers<void>();
  const onSignal = () => stop.resolve();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, onSignal);
  await using running = new AsyncDisposableStack();
  try {
    const env = { ...process.env };
    if (options.demo) {
      const { startDemo } = await import('../demo/start-demo.ts');
      const demo = await startDemo({ clock: systemClock() });
      running.defer(() => demo.stop());
      Object.assign(env, demo.env);
    }
    const { data, port, vault } = options;
    const config = await withPassphrase(readConfig({ env, flags: { data, port, vault } }));
    const app = await startOrHandOver(config, options, () => stop.resolve(), report);
    if (!app) return 0;
    running.defer(() => app.stop());
    report.ready({ status: await app.status(), ui: app.loginLink() });
    await stop.promise;
    return 0;
  } catch (error) {
    report.failed(toAppError(error));
    return 1;
  }
}

/** Starts the app; where one runs on this data folder already, asks that one to show itself and answers null. */
async function startOrHandOver(
  config: Config,
  options: ServeOptions,
  quit: () => void,
  report: ConsoleReport,
): Promise<App | null> {
  let app: App | null = null;
  const host = createHeadlessHost({ link: () => app?.loginLink() ?? null, quit });
  try {
    app = await startApp(host, config, {
      version: packageJson.version,
      // Beside the bundle: out/main/headless.js and out/renderer.
      rendererDir: join(import.meta.dirname, '../renderer'),
      logToConsole: !options.json,
      demo: options.demo,
    });
    return app;
  } catch (error) {
    if (!hasCode(error, 'already_running')) throw error;
    report.handedOver({ ui: await showRunningApp(config.dataDir) });
    return null;
  }
}

/** A vault that needs a passphrase asks for it where somebody sits at the terminal; elsewhere it waits, locked. */
async function withPassphrase(config: Config): Promise<Config> {
  if (config.vaultSource !== 'passphrase' || config.vaultPassphrase !== null || !process.stdin.isTTY) return config;
  return { ...config, vaultPassphrase: await askPassphrase(config.dataDir) };
}
