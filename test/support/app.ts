/**
 * The real headless app as a process of its own: the built bundle, started the way a person starts it. Specs of the
 * web UI and the CLI, the demo's screenshots and the hard cases that need a process all use it.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const CLI = resolve(import.meta.dirname, '../../out/cli/trackeep.mjs');

/** How long a start may take on a busy machine before the test gives up, in ms. */
const START_TIMEOUT_MS = 30_000;
/** How long an orderly stop may take before the process is killed, in ms. */
const STOP_TIMEOUT_MS = 10_000;

/** Settings of the surrounding shell that would leak into the app under test. */
const LEAKING =
  /^(TRACKEEP_|GITHUB_|GH_|JIRA_|SLACK_|HQ_|OAUTH_|APP_VERSION$|AUTO_UPDATE_CHECK$|UPDATE_CHECK_INTERVAL$|PRERELEASE_UPDATES$|JWT_SECRET$|INTROSPECTION_TOKEN$|FRONTEND_URL$|CORS_ALLOWED_ORIGINS$|DBUS_SESSION_BUS_ADDRESS$|NODE_OPTIONS$)/;

/** The first line of `trackeep serve --json`. */
export interface ReadyLine {
  event: 'ready';
  issuer: string;
  /** The web UI with its one-time login token in the fragment. */
  ui: string;
  mcp?: string;
  pid: number;
}

export interface CommandResult {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunningApp {
  readonly ready: ReadyLine;
  readonly dataDir: string;
  readonly process: ChildProcess;
  /** Everything the process has written so far. */
  output(): { stdout: string; stderr: string };
  /** Runs a `trackeep` command against this app. Its exit code is an answer, not an error. */
  cli(...args: string[]): Promise<CommandResult>;
  /** Resolves when the process has ended by itself or by `stop`. */
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  /** SIGTERM, and SIGKILL if that is not obeyed in time; then removes the data folder if `startApp` made it. */
  stop(): Promise<void>;
}

export interface StartOptions {
  /** After `serve --json`. `--vault file` and `--port 0` are added where they are not given; for `--data` see `dataDir`. */
  args?: readonly string[];
  /** On top of this process's environment without its own settings for the app. */
  env?: Readonly<Record<string, string>>;
  /** A data folder that outlives the app, to start another one on it. */
  dataDir?: string;
}

/** The environment a process of ours runs in: this one's, less everything that would configure the app. */
export function cleanEnvironment(extra: Readonly<Record<string, string>> = {}): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !LEAKING.test(name));
  return { ...Object.fromEntries(inherited), ...extra };
}

/** A `trackeep` command that nobody listens to yet. */
export function spawnCli(args: readonly string[], env: NodeJS.ProcessEnv): ChildProcess {
  return spawn(process.execPath, [CLI, ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** Runs one `trackeep` command to its end. */
export function runCli(args: readonly string[], env: NodeJS.ProcessEnv = cleanEnvironment()): Promise<CommandResult> {
  return new Promise((done, fail) => {
    const child = spawnCli(args, env);
    const output = collect(child);
    child.once('error', fail);
    child.once('close', (code) => done({ code, ...output() }));
  });
}

/**
 * Starts `trackeep serve` and waits for its ready line.
 * @throws Error with everything the process wrote, if it ends or stays silent instead
 */
export async function startApp({ args = [], env = {}, dataDir }: StartOptions = {}): Promise<RunningApp> {
  if (!existsSync(CLI)) throw new Error(`${CLI} is missing: build first (npm run build).`);
  const folder = dataDir ?? (await mkdtemp(join(tmpdir(), 'trackeep-test-')));
  const environment = cleanEnvironment(env);
  const has = (flag: string) => args.some((arg) => arg === flag || arg.startsWith(`${flag}=`));
  const more = [...(has('--vault') ? [] : ['--vault', 'file']), ...(has('--port') ? [] : ['--port', '0'])];
  const child = spawnCli(['serve', '--json', ...args, '--data', folder, ...more], environment);
  const output = collect(child);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((done) => {
    child.once('close', (code, signal) => done({ code, signal }));
  });
  const stop = async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), STOP_TIMEOUT_MS);
      await ended;
      clearTimeout(timer);
    }
    if (dataDir === undefined) await rm(folder, { recursive: true, force: true });
  };

  try {
    const ready = await readyLine(child, output);
    return {
      ready,
      dataDir: folder,
      process: child,
      output,
      cli: (...command) => runCli([...command, '--data', folder], environment),
      ended,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

function collect(child: ChildProcess): () => { stdout: string; stderr: string } {
  const text = { stdout: '', stderr: '' };
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text.stdout += chunk;
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    text.stderr += chunk;
  });
  return () => ({ ...text });
}

function readyLine(child: ChildProcess, output: () => { stdout: string; stderr: string }): Promise<ReadyLine> {
  return new Promise((done, fail) => {
    const giveUp = (reason: string) => {
      clearTimeout(timer);
      fail(new Error(`trackeep serve ${reason}.\n${output().stdout}\n${output().stderr}`));
    };
    const timer = setTimeout(() => giveUp(`printed no ready line within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
    child.once('error', (error) => giveUp(`could not be started (${error.message})`));
    child.once('close', (code) => giveUp(`ended with ${code}`));
    if (!child.stdout) return giveUp('has no output');
    createInterface({ input: child.stdout }).once('line', (line) => {
      try {
        const value: unknown = JSON.parse(line);
        if (!isReadyLine(value)) return giveUp(`began with "${line}"`);
        clearTimeout(timer);
        done(value);
      } catch {
        giveUp(`began with "${line}"`);
      }
    });
  });
}

function isReadyLine(value: unknown): value is ReadyLine {
  return typeof value === 'object' && value !== null && 'event' in value && value.event === 'ready';
}
