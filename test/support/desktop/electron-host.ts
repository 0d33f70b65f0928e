import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { _electron as electron } from 'playwright-core';
import { build } from 'vite';
import { APP_FOLDER, type DesktopHost, type Launch } from './host.ts';
import type { Recorder } from './recorder.ts';
import { watch } from './stand-in-host.ts';

const PACKAGE = join(APP_FOLDER, 'node_modules/electron');

/** Electron's binary, where it has been fetched and has a display to draw on. */
export function electronBinary(): string | null {
  if (process.platform === 'linux' && !process.env.DISPLAY && !process.env.WAYLAND_DISPLAY) return null;
  const nameFile = join(PACKAGE, 'path.txt');
  if (!existsSync(nameFile)) return null;
  const binary = join(process.env.ELECTRON_OVERRIDE_DIST_PATH ?? join(PACKAGE, 'dist'), readFileSync(nameFile, 'utf8'));
  return existsSync(binary) ? binary : null;
}

/** The app on Electron itself, driven by Playwright; the recorder is loaded before the app's first line. */
export async function electronHost(binary: string): Promise<DesktopHost> {
  const recorder = await bundleRecorder();
  const argsOf = ({ args }: Launch) => ['-r', recorder, APP_FOLDER, ...args];
  return {
    name: 'Electron',
    async start(launch) {
      const app = await electron.launch({
        executablePath: binary,
        args: argsOf(launch),
        env: defined(launch.env),
        // The app's own, not Playwright's.
        colorScheme: null,
      });
      const child = app.process();
      const { exited, output } = watch(child);
      return {
        pid: child.pid ?? 0,
        exited,
        output,
        async page() {
          const page = app.windows()[0] ?? (await app.waitForEvent('window'));
          await page.waitForURL(/^app:/);
          return page;
        },
        addressOf: (page) => page.url(),
        ask: (name, ...args) =>
          app.evaluate(
            (_electron, question) => {
              const recorder: Recorder = Reflect.get(globalThis, 'trackeepRecorder');
              return Reflect.apply(recorder[question.name], recorder, question.args);
            },
            { name, args },
          ),
        async kill() {
          child.kill('SIGKILL');
          await exited;
        },
      };
    },
    async runToEnd(launch) {
      const noSandbox = process.platform === 'linux' ? ['--no-sandbox'] : [];
      const { exited, output } = watch(spawn(binary, [...noSandbox, ...argsOf(launch)], { env: launch.env }));
      return { code: await exited, output: output() };
    },
  };
}

/** The recorder as the CommonJS file that Electron's `--require` takes. */
async function bundleRecorder(): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'trackeep-recorder-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const output = await build({
    configFile: false,
    logLevel: 'silent',
    build: {
      write: false,
      target: 'node24',
      lib: { entry: join(import.meta.dirname, 'recorder-entry.ts'), formats: ['cjs'], fileName: 'recorder' },
      rollupOptions: { external: ['electron'] },
    },
  });
  const chunk = [output].flat().flatMap((one) => ('output' in one ? one.output : []))[0];
  if (chunk?.type !== 'chunk') throw new Error('The recorder could not be bundled.');
  const file = join(folder, 'recorder.cjs');
  writeFileSync(file, chunk.code);
  return file;
}

function defined(env: NodeJS.ProcessEnv): Record<string, string> {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}
