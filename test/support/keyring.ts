import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/**
 * A real gnome-keyring on a message bus of its own, unlocked, empty, and gone after `stop`.
 *
 * keytar reads the bus address from the environment of the process at its first use, so whoever should see this keyring
 * gets `env` when it is spawned. Nothing of the person's own session is touched.
 */
export interface Keyring {
  /** For the process under test: `spawn(..., { env: { ...process.env, ...keyring.env } })`. */
  readonly env: Record<string, string>;
  /** Locks the collection, as a person can in their keyring program. */
  lock(): Promise<void>;
  /** Unlocks it again, as a login does: by its password, without a prompt. */
  unlock(): Promise<void>;
  /** The labels of all entries, in order: for keytar's, "service/account". */
  entries(): Promise<string[]>;
  /** Ends the keyring service, so that the bus has no Secret Service any more; `start` brings it back. */
  stopService(): Promise<void>;
  startService(): Promise<void>;
  stop(): Promise<void>;
}

export interface KeyringOptions {
  /**
   * What happens to the prompt that asks a person to unlock. `dismissed` (the default): there is no prompter, so each
   * ends at once, as if cancelled. `unanswered`: it stands until somebody answers, which nobody does.
   */
  prompts?: 'dismissed' | 'unanswered';
  /** Whether the bus lets clients speak to the Secret Service; `refused` is what a sandbox's policy does. */
  access?: 'allowed' | 'refused';
}

/** The environment of a machine without any Secret Service. */
export const NO_SECRET_SERVICE: Record<string, string> = {
  DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/trackeep-tray-test-bus',
};

const PASSWORD = 'correct horse battery staple';
const COLLECTION = '/org/freedesktop/secrets/collection/login';

/** @throws Error naming the Debian package when a program it needs is not installed */
export async function startKeyring(options: KeyringOptions = {}): Promise<Keyring> {
  const folder = await mkdtemp(join(tmpdir(), 'tt-keyring-'));
  const bus = await startBus(folder, options).catch(async (error: unknown) => {
    await rm(folder, { recursive: true, force: true });
    throw error;
  });
  const env = { DBUS_SESSION_BUS_ADDRESS: `unix:path=${join(folder, 'bus')}` };
  let service: ChildProcess | null = null;

  async function startService(): Promise<void> {
    service = await startDaemon(folder, env);
  }

  async function stopService(): Promise<void> {
    await end(service);
    service = null;
  }

  async function stop(): Promise<void> {
    process.off('exit', abandon);
    await stopService();
    await end(bus);
    await rm(folder, { recursive: true, force: true, maxRetries: 3 });
  }

  /** A test run that is ended in the middle leaves no daemon behind. */
  function abandon(): void {
    for (const child of [service, bus]) killGroup(child);
  }
  process.on('exit', abandon);

  try {
    await startService();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    env,
    async lock() {
      await ask(env, '/org/freedesktop/secrets', 'org.freedesktop.Secret.Service.Lock', `array:objpath:${COLLECTION}`);
      await until(() => isLocked(env), 'the collection is locked');
    },
    async unlock() {
      await unlockAsLogin(join(folder, 'run', 'keyring', 'control'));
      await until(async () => !(await isLocked(env)), 'the collection is unlocked');
    },
    async entries() {
      const items = await ask(env, COLLECTION, GET, 'string:org.freedesktop.Secret.Collection', 'string:Items');
      const paths = [...items.matchAll(/object path "([^"]+)"/g)].map(([, path]) => path ?? '');
      const labels = paths.map((path) => ask(env, path, GET, 'string:org.freedesktop.Secret.Item', 'string:Label'));
      return (await Promise.all(labels)).map((answer) => /string "(.*)"/.exec(answer)?.[1] ?? '').sort();
    },
    stopService,
    startService,
    stop,
  };
}

async function startBus(folder: string, { prompts, access }: KeyringOptions): Promise<ChildProcess> {
  const services = join(folder, 'services');
  await mkdir(services);
  if (prompts === 'unanswered') {
    // The bus starts this as the prompter and waits for it to speak, which sleep never does.
    const prompter = '[D-BUS Service]\nName=org.gnome.keyring.SystemPrompter\nExec=/bin/sleep 60\n';
    await writeFile(join(services, 'prompter.service'), prompter);
  }
  const refusal = access === 'refused' ? '<deny send_interface="org.freedesktop.Secret.Service"/>' : '';
  const configuration = join(folder, 'bus.conf');
  await writeFile(
    configuration,
    `<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
      "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
    <busconfig>
      <type>session</type>
      <listen>unix:path=${join(folder, 'bus')}</listen>
      <auth>EXTERNAL</auth>
      <servicedir>${services}</servicedir>
      <policy context="default">
        <allow send_destination="*" eavesdrop="true"/><allow eavesdrop="true"/><allow own="*"/>${refusal}
      </policy>
      <limit name="service_start_timeout">60000</limit>
    </busconfig>`,
  );
  const bus = start('dbus-daemon', [`--config-file=${configuration}`, '--nofork', '--print-address']);
  await Promise.race([once(bus.stdout ?? bus, 'data'), failure(bus, 'dbus-daemon', 'dbus-daemon')]);
  return bus;
}

async function startDaemon(folder: string, env: Record<string, string>): Promise<ChildProcess> {
  const [home, data, run] = [join(folder, 'home'), join(folder, 'data'), join(folder, 'run')];
  await Promise.all([home, data, run].map((path) => mkdir(path, { recursive: true, mode: 0o700 })));
  const daemon = start('gnome-keyring-daemon', ['--foreground', '--unlock', '--components=secrets'], {
    ...env,
    PATH: process.env.PATH ?? '',
    HOME: home,
    XDG_DATA_HOME: data,
    XDG_RUNTIME_DIR: run,
  });
  daemon.stdin?.end(PASSWORD);
  const isOpen = () =>
    isLocked(env).then(
      (locked) => !locked,
      () => false,
    );
  const ready = until(isOpen, 'gnome-keyring is there and unlocked (is dbus-send, Debian: dbus-bin, installed?)');
  await Promise.race([ready, failure(daemon, 'gnome-keyring-daemon', 'gnome-keyring')]);
  return daemon;
}

const GET = 'org.freedesktop.DBus.Properties.Get';
const LOCKED = ['string:org.freedesktop.Secret.Collection', 'string:Locked'];

async function isLocked(env: Record<string, string>): Promise<boolean> {
  return (await ask(env, COLLECTION, GET, ...LOCKED)).includes('boolean true');
}

/** One method call to the Secret Service. */
async function ask(env: Record<string, string>, path: string, method: string, ...values: string[]): Promise<string> {
  const call = ['--session', '--print-reply', '--dest=org.freedesktop.secrets', path, method, ...values];
  const child = start('dbus-send', call, { ...env, PATH: process.env.PATH ?? '' });
  let answer = '';
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    answer += chunk;
  });
  const [code] = await once(child, 'close');
  if (code !== 0) throw new Error(`${method} on ${path} failed`);
  return answer;
}

/**
 * What pam_gnome_keyring does at login: the password over the daemon's control socket. A request is a zero byte (the
 * kernel adds the credentials), then length, operation and password, numbers big-endian; 0 in the answer means done.
 */
async function unlockAsLogin(socketPath: string): Promise<void> {
  const UNLOCK = 1;
  const password = Buffer.from(PASSWORD);
  const request = Buffer.alloc(12 + password.length);
  request.writeUInt32BE(request.length, 0);
  request.writeUInt32BE(UNLOCK, 4);
  request.writeUInt32BE(password.length, 8);
  password.copy(request, 12);
  const socket = connect(socketPath);
  socket.write(Buffer.from([0]));
  socket.write(request);
  const [answer] = (await once(socket, 'data')) as [Buffer];
  socket.destroy();
  if (answer.readUInt32BE(4) !== 0) throw new Error('gnome-keyring did not take the password');
}

function start(program: string, args: string[], env: NodeJS.ProcessEnv = process.env): ChildProcess {
  // A group of its own, so that what the bus starts ends with the bus; and an end with us, even if we are killed.
  const bound = ['--pdeathsig', 'KILL', program, ...args];
  return spawn('setpriv', bound, { detached: true, stdio: ['pipe', 'pipe', 'ignore'], env });
}

/** Rejects when a program ends that should go on, with what to install if it never began. */
async function failure(child: ChildProcess, program: string, debianPackage: string): Promise<never> {
  const NOT_FOUND = 127;
  const [code] = await once(child, 'exit');
  const remedy = code === NOT_FOUND ? `; on Debian: apt-get install ${debianPackage}` : '';
  throw new Error(`${program} ended with ${code}${remedy}`);
}

async function end(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  killGroup(child);
  await ended;
}

function killGroup(child: ChildProcess | null): void {
  if (child?.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended already.
  }
}

async function until(condition: () => Promise<boolean>, what: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    if (await condition()) return;
    await wait(20);
  }
  throw new Error(`waited in vain until ${what}`);
}
