import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AppError } from '../../core/errors.ts';
import type { Command } from '../command.ts';

/** The oldest Node that the app itself runs on; all other commands are content with less. */
const LEAST_MAJOR = 22;

export const serve: Command = {
  name: 'serve',
  summary: 'Run the app without a window',
  description: [
    'Runs the app on plain Node, with its web UI on 127.0.0.1, until Ctrl-C or SIGTERM. When it runs already on the same data folder, that one is asked for a link and this command ends.',
    'With --json the first line is one JSON object, {"event":"ready","issuer","ui","mcp","pid"}; "ui" logs in one browser, once, within five minutes.',
    'Everything that environment variables can set is listed in the README.',
  ],
  options: [
    { name: 'port', value: 'PORT', text: 'The port, 9090 unless set here or by TRACKEEP_PORT; 0 takes any free one.' },
    {
      name: 'vault',
      value: 'SOURCE',
      values: ['keychain', 'passphrase', 'file'],
      text: 'Where the master key is kept: the keychain of the system (the usual), a passphrase, or a file in the data folder, which nothing protects but its mode.',
    },
    { name: 'demo', text: 'Against local emulators of the providers, without any account.' },
  ],
  examples: ['trackeep serve', 'trackeep serve --vault passphrase --port 9191', 'trackeep serve --demo --vault file'],

  async run({ option, has, json }) {
    if (Number.parseInt(process.versions.node, 10) < LEAST_MAJOR) return onOwnNode();
    endWithParent();
    await enableCache();
    const app = await import('../../headless/main.ts');
    return app.serve({
      data: option('data'),
      port: option('port'),
      vault: option('vault'),
      demo: has('demo'),
      json,
    });
  },
};

/** The folder of this bundle; `import.meta.dirname` is not there on old versions of Node. */
function here(): string {
  return fileURLToPath(new URL('.', import.meta.url));
}

/**
 * Runs the same command on the Node that the installation has brought along.
 * @throws AppError `config_invalid` when there is none
 */
async function onOwnNode(): Promise<number> {
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const node = join(here(), '..', '..', 'node_modules', 'node', 'bin', name);
  if (!existsSync(node)) {
    throw new AppError(
      'config_invalid',
      `Trackeep Tray needs Node ${LEAST_MAJOR} or newer; this is ${process.version}.`,
      {
        remedy: 'Install a newer Node, or run `npm install` in the clone, which brings one along.',
      },
    );
  }
  const { spawn } = await import('node:child_process');
  // The channel tells the child when this process is gone, even if it was killed.
  const child = spawn(node, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve(code ?? 1));
  });
}

/** In the child of `onOwnNode`: an app that nobody can see or stop any more would hold the port for ever. */
function endWithParent(): void {
  process.channel?.unref();
  process.once('disconnect', () => process.kill(process.pid, 'SIGTERM'));
}

/**
 * V8 keeps what it has compiled, which is a good part of the start. Beside the code, and not in the folder for temporary
 * files that Node would choose: whoever can write there could put other code into our process.
 */
async function enableCache(): Promise<void> {
  const { enableCompileCache } = await import('node:module');
  enableCompileCache(join(here(), '..', 'compile-cache'));
}
