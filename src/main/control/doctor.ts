import { stat, statfs } from 'node:fs/promises';
import type { Check, DoctorView } from '../../shared/app-views.ts';
import type { ConnectionView } from '../../shared/connection-views.ts';
import { PLATFORM_NAMES } from '../../shared/platforms.ts';
import type { Connections } from '../connections/connections.ts';
import type { Clock } from '../core/clock.ts';
import { toAppError } from '../core/errors.ts';
import { iso } from '../core/iso-time.ts';

/** Every claim the product makes about this machine, tested now. */
export interface Doctor {
  run(): Promise<DoctorView>;
}

export interface DoctorParts {
  clock: Clock;
  dataDir: string;
  /** The socket of the CLI; null where access is not a matter of file permissions (Windows pipes). */
  socketPath(): string | null;
  address(): string;
  githubUrl: string;
  fetch: typeof fetch;
  connections: Connections;
  integrityCheck(): Promise<string>;
  vaultChecks(): Promise<Check[]>;
}

const LEAST_FREE_BYTES = 200 * 1024 * 1024;
/** GitHub refuses signed requests of an app whose clock is further off than this. */
const MOST_SKEW_MS = 60_000;

export function createDoctor(parts: DoctorParts): Doctor {
  return {
    async run() {
      const groups = await Promise.all([
        dataFolder(parts),
        freeSpace(parts),
        database(parts),
        guarded('vault', 'The vault answers', parts.vaultChecks),
        guarded('audit', 'Nobody has changed the log of tokens handed out', () => parts.connections.audit.check()),
        socket(parts),
        listener(parts),
        providerAndClock(parts),
        accounts(parts),
        gitHubApps(parts),
      ]);
      const checks = groups.flat();
      return { checkedAt: iso(parts.clock.now()), verdict: worst(checks), checks };
    },
  };
}

/** The verdict over several: one unsafe claim makes it unsafe, one open question keeps it from being safe. */
function worst(checks: Check[]): Check['verdict'] {
  if (checks.some((check) => check.verdict === 'unsafe')) return 'unsafe';
  return checks.some((check) => check.verdict === 'inconclusive') ? 'inconclusive' : 'safe';
}

/** A check that itself fails has found nothing out, and says so. */
async function guarded(id: string, title: string, run: () => Promise<Check[]>): Promise<Check[]> {
  try {
    return await run();
  } catch (error) {
    const { message, remedy } = toAppError(error);
    return [{ id, title, verdict: 'inconclusive', detail: message, remedy }];
  }
}

async function dataFolder({ dataDir }: DoctorParts): Promise<Check[]> {
  const title = 'Other users of this machine cannot read the data folder';
  return guarded('data_folder', title, async () => {
    if (process.platform === 'win32') {
      const detail = `${dataDir} lies in your profile, which Windows keeps from other users unless its permissions were changed.`;
      return [{ id: 'data_folder', title, verdict: 'inconclusive', detail, remedy: null }];
    }
    const { mode, uid } = await stat(dataDir);
    const mine = uid === process.getuid?.();
    const open = (mode & 0o077) !== 0;
    return [
      {
        id: 'data_folder',
        title,
        verdict: mine && !open ? 'safe' : 'unsafe',
        detail: `${dataDir} belongs to ${mine ? 'you' : 'somebody else'} and has mode ${(mode & 0o777).toString(8)}.`,
        remedy: mine && !open ? null : `chmod 700 "${dataDir}"`,
      },
    ];
  });
}

async function freeSpace({ dataDir }: DoctorParts): Promise<Check[]> {
  const title = 'There is room on the disk';
  return guarded('disk', title, async () => {
    const { bavail, bsize } = await statfs(dataDir);
    const free = bavail * bsize;
    return [
      {
        id: 'disk',
        title,
        verdict: free >= LEAST_FREE_BYTES ? 'safe' : 'unsafe',
        detail: `${Math.floor(free / 1_048_576).toLocaleString('en')} MB are free.`,
        remedy: free >= LEAST_FREE_BYTES ? null : 'Free some space, or move the data folder with --data DIR.',
      },
    ];
  });
}

async function database({ integrityCheck, dataDir }: DoctorParts): Promise<Check[]> {
  const title = 'The database is whole';
  return guarded('database', title, async () => {
    const answer = await integrityCheck();
    const whole = answer === 'ok';
    return [
      {
        id: 'database',
        title,
        verdict: whole ? 'safe' : 'unsafe',
        detail: whole ? 'SQLite found nothing wrong.' : `SQLite says: ${answer.slice(0, 300)}`,
        remedy: whole ? null : `Stop the app, keep a copy of ${dataDir}, and restore trackeep.db from a backup.`,
      },
    ];
  });
}

async function socket(parts: DoctorParts): Promise<Check[]> {
  const title = 'Only your own programs reach the command socket';
  const socketPath = parts.socketPath();
  if (socketPath === null) {
    const detail = 'On Windows the pipe is protected by a key file in the data folder.';
    return [{ id: 'socket', title, verdict: 'inconclusive', detail, remedy: null }];
  }
  return guarded('socket', title, async () => {
    const { mode } = await stat(socketPath);
    const open = (mode & 0o077) !== 0;
    return [
      {
        id: 'socket',
        title,
        verdict: open ? 'unsafe' : 'safe',
        detail: `${socketPath} has mode ${(mode & 0o777).toString(8)}.`,
        remedy: open ? 'Restart the app; it makes the socket anew.' : null,
      },
    ];
  });
}

/** What a page of another site would send must be turned away before anything is served. */
async function listener({ address, fetch }: DoctorParts): Promise<Check[]> {
  const title = 'Other web pages cannot reach the app';
  return guarded('listener', title, async () => {
    const headers = { origin: 'https://example.com' };
    const answers = await Promise.all([
      fetch(`${address()}/ui/api/status.get`, { headers }),
      fetch(`${address()}/register`, { method: 'POST', headers }),
      fetch(`${address()}/mcp`, { method: 'POST', headers }),
    ]);
    const [taken] = answers.filter((answer) => answer.status !== 403);
    const refused = taken === undefined;
    return [
      {
        id: 'listener',
        title,
        verdict: refused ? 'safe' : 'unsafe',
        detail: refused
          ? `${address()} listens on loopback only and refused a foreign origin.`
          : `${taken.url} answered ${taken.status} to a foreign origin.`,
        remedy: refused ? null : 'Another program may be answering on this address; check which one it is.',
      },
    ];
  });
}

async function providerAndClock({ clock, fetch, githubUrl }: DoctorParts): Promise<Check[]> {
  const reach = { id: 'github', title: 'GitHub can be reached' };
  const time = { id: 'clock', title: "This machine's clock is right" };
  try {
    const sent = clock.now();
    const answer = await fetch(githubUrl, { method: 'HEAD', redirect: 'manual' });
    const theirs = Date.parse(answer.headers.get('date') ?? '');
    const skew = theirs - (sent + clock.now()) / 2;
    const known = Number.isFinite(theirs);
    const right = known && Math.abs(skew) < MOST_SKEW_MS;
    return [
      { ...reach, verdict: 'safe', detail: `${githubUrl} answers.`, remedy: null },
      {
        ...time,
        verdict: known ? (right ? 'safe' : 'unsafe') : 'inconclusive',
        detail: known ? `It differs from GitHub's by ${Math.round(Math.abs(skew) / 1000)} s.` : 'GitHub told no time.',
        remedy: right ? null : 'Switch on automatic time in the settings of your system.',
      },
    ];
  } catch (error) {
    const { message, remedy } = toAppError(error);
    return [
      { ...reach, verdict: 'inconclusive', detail: message, remedy },
      { ...time, verdict: 'inconclusive', detail: 'It could not be compared with GitHub.', remedy: null },
    ];
  }
}

async function gitHubApps({ connections: { githubApps } }: DoctorParts): Promise<Check[]> {
  return guarded('github_apps', 'Your GitHub Apps work', async () =>
    Promise.all(
      (await githubApps.list()).map(async ({ id, name }) => {
        const check = { id: `github_app:${id}`, title: `GitHub accepts the private key of ${name}` };
        try {
          await githubApps.check(id);
          return { ...check, verdict: 'safe' as const, detail: 'It answered a request signed with it.', remedy: null };
        } catch (error) {
          const { code, message, remedy } = toAppError(error);
          const verdict = ['provider_refused_client', 'config_invalid'].includes(code) ? 'unsafe' : 'inconclusive';
          return { ...check, verdict, detail: message, remedy };
        }
      }),
    ),
  );
}

async function accounts({ connections }: DoctorParts): Promise<Check[]> {
  return guarded('accounts', 'Your accounts work', async () => {
    const list = await connections.list();
    if (list.length > 0) return Promise.all(list.map((connection) => account(connection, connections)));
    const detail = 'No account is connected yet.';
    const remedy = 'Connect GitHub in the window, or with `trackeep connect github`.';
    return [{ id: 'accounts', title: 'Your accounts work', verdict: 'inconclusive', detail, remedy }];
  });
}

async function account(connection: ConnectionView, connections: Connections): Promise<Check> {
  const id = `account:${connection.id}`;
  const title = `${PLATFORM_NAMES[connection.platform]} accepts the token of ${nameOf(connection)}`;
  try {
    await connections.verify(connection.id);
    return { id, title, verdict: 'safe', detail: `${connection.host} answered a request made with it.`, remedy: null };
  } catch (error) {
    const { code, message, remedy } = toAppError(error);
    return { id, title, verdict: code === 'needs_reconnect' ? 'unsafe' : 'inconclusive', detail: message, remedy };
  }
}

function nameOf({ login, organisation }: ConnectionView): string {
  return organisation === null || organisation.name === login ? login : `${login} in ${organisation.name}`;
}
