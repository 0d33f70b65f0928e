import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { cleanEnvironment } from '../test/support/app.ts';
import { type BrokerRooms, connectAccount, openBrokerRooms } from '../test/support/broker-rooms.ts';
import { type Floor, insertAgain } from './bare-inserts.ts';
import { compare, type Result } from './measure.ts';
import { createNaiveClient, type NaiveRound } from './naive-client.ts';
import type { SyncReport } from './syncing.ts';
import type { GitHubAnswer, GitHubWish } from './tracked-github.ts';

interface Size {
  repositories: number;
  commits: number;
  /** First syncs, each of a new data folder. */
  rounds: number;
}

const USUAL: Size = { repositories: 200, commits: 20_000, rounds: 3 };
/** As much as is promised to be no trouble. */
const LARGE: Size = { repositories: 1_000, commits: 100_000, rounds: 1 };
/** Of all repositories, in the round in which some have changed. */
const CHANGED_SHARE = 0.1;
const BENCHMARK = { kind: 'command', id: 'bench', name: null } as const;

/**
 * The tracking of many repositories: what it asks GitHub beside a client of the REST API that lists everything again, and
 * what it writes a second beside SQLite alone. `npm run bench -- --large` takes a thousand repositories.
 */
export async function measureTrackingSync(): Promise<Result[]> {
  const { repositories, commits, rounds } = process.argv.includes('--large') ? LARGE : USUAL;
  const github = await startChild('tracked-github.ts', [String(repositories), String(commits)]);
  try {
    const url = String(github.first);
    const wish = async (what: GitHubWish): Promise<GitHubAnswer> => ask(github.process, what);
    const runs: Run[] = [];
    for (let round = 1; round <= rounds; round += 1) runs.push(await run({ url, wish, asks: round === rounds }));
    const asked = runs.at(-1)?.asked;
    if (asked === undefined) throw new Error('Nothing was measured.');
    const { none, some, changed } = asked;
    const each = { ours: none.ours / asked.repositories, peer: none.naive.requests / none.naive.repositories };
    const rowsPerSecond = (ms: (run: Run) => number) => runs.map((one) => (one.floor.rows / ms(one)) * 1_000);
    const told = (name: string, ours: number, peer: number, unit: Result['unit'], goal: Result['goal'] = null) =>
      compare(name, { ours: [ours], peer: [peer] }, unit, goal);
    return [
      told(
        'a round of looks, nothing changed / listing all over REST with ETags',
        none.ours,
        none.naive.requests,
        'requests',
        {
          atMost: 0.02,
        },
      ),
      told(
        'a repository with a new commit / the same over REST',
        each.ours + (some.ours - none.ours) / changed,
        each.peer + (some.naive.requests - none.naive.requests) / changed,
        ...(['requests', { atMost: 1 }] as const),
      ),
      // A 304 counts nothing: where nothing changes, the other way is free, as long as GitHub puts up with so many requests.
      told('counted against the limits, one in ten changed / over REST', some.spent, some.naive.counted, 'points'),
      compare(
        'first sync, rows a second of its own time / bare better-sqlite3',
        {
          ours: rowsPerSecond(({ first }) => first.cpuMs),
          peer: rowsPerSecond(({ floor }) => floor.cpuMs),
        },
        'rows/s',
        { atLeast: 0.05 },
      ),
      compare(
        'first sync, rows a second / bare better-sqlite3 without any GitHub',
        { ours: rowsPerSecond(({ first }) => first.ms), peer: rowsPerSecond(({ floor }) => floor.ms) },
        'rows/s',
        null,
      ),
      compare(
        'p99 wait for the event loop in a first sync / in an idle process',
        { ours: runs.map(({ first }) => first.p99Block), peer: runs.map(({ idle }) => idle.p99Block) },
        'ms',
        null,
      ),
      compare(
        'longest wait for the event loop in a first sync / in an idle process',
        { ours: runs.map(({ first }) => first.longestBlock), peer: runs.map(({ idle }) => idle.longestBlock) },
        'ms',
        null,
      ),
    ];
  } finally {
    github.process.disconnect();
  }
}

interface Run {
  first: SyncReport;
  /** How long this process, which had nothing to do, had to wait in the same time. */
  idle: Pick<SyncReport, 'p99Block' | 'longestBlock'>;
  floor: Floor;
  asked: Asked | undefined;
}

interface Asked {
  repositories: number;
  changed: number;
  none: Round;
  some: Round;
}

interface Round {
  /** Requests of ours, and what GitHub counted for them: points of GraphQL, and requests of REST. */
  ours: number;
  spent: number;
  naive: NaiveRound;
}

async function run(place: {
  url: string;
  wish: (what: GitHubWish) => Promise<GitHubAnswer>;
  asks: boolean;
}): Promise<Run> {
  const { url, wish, asks } = place;
  const dataDir = await mkdtemp(join(tmpdir(), 'trackeep-bench-sync-'));
  try {
    const token = await signIn(dataDir, url, wish);
    await wish({});
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const syncing = await startChild('syncing.ts', [dataDir, url]);
    delay.disable();
    const idle = { p99Block: delay.percentile(99) / 1e6, longestBlock: delay.max / 1e6 };
    const first = syncing.first as SyncReport;
    const { asked: transactions } = await wish({});
    const look = async (): Promise<Omit<Round, 'naive'>> => {
      const { points } = await ask<SyncReport>(syncing.process, {});
      const { asked: ours, counted } = await wish({});
      return { ours, spent: counted + (points ?? Number.NaN) };
    };
    let asked: Asked | undefined;
    if (asks) {
      const naive = createNaiveClient(url, token);
      await naive.round();
      await wish({});
      const none = { ...(await look()), naive: await naive.round() };
      const changed = Math.round(first.repositories * CHANGED_SHARE);
      await wish({ push: changed });
      asked = {
        ...{ repositories: first.repositories, changed, none },
        some: { ...(await look()), naive: await naive.round() },
      };
    }
    const ended = once(syncing.process, 'exit');
    syncing.process.disconnect();
    await ended;
    return { first, idle, floor: insertAgain(join(dataDir, 'trackeep.db'), transactions), asked };
  } finally {
    await rm(dataDir, { recursive: true, force: true });
  }
}

/** Connects an account whose limits do not end. @returns its token */
async function signIn(dataDir: string, url: string, wish: (what: GitHubWish) => Promise<unknown>): Promise<string> {
  const rooms: BrokerRooms = await openBrokerRooms({ dataDir, github: url });
  try {
    await connectAccount(rooms);
    const [connection] = await rooms.connections.list();
    if (!connection) throw new Error('There is no account.');
    const octokit = await rooms.connections.github(connection.id);
    await octokit.request('POST /graphql', { query: '{ viewer { login } }' });
    await wish({ unlimited: true });
    return (await rooms.connections.tokenOf(connection.id, BENCHMARK)).token;
  } finally {
    await rooms.close();
  }
}

async function startChild(name: string, args: readonly string[]): Promise<{ process: ChildProcess; first: unknown }> {
  const child = fork(resolve(import.meta.dirname, name), args, { env: cleanEnvironment() });
  return { process: child, first: await answerOf(child) };
}

async function ask<Answer>(child: ChildProcess, what: object): Promise<Answer> {
  const answer = answerOf(child);
  child.send(what);
  return (await answer) as Answer;
}

function answerOf(child: ChildProcess): Promise<unknown> {
  return new Promise((done, fail) => {
    const ended = (code: number | null) => fail(new Error(`A process of the benchmark ended with ${code}.`));
    child.once('exit', ended);
    child.once('message', (answer) => {
      child.off('exit', ended);
      done(answer);
    });
  });
}
