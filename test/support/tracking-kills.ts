import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { expect } from 'vitest';
import { startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import { openDatabase } from '../../src/main/storage/database.ts';
import { connectAccount, openBrokerRooms } from './broker-rooms.ts';
import { createQuietLogger } from './quiet-logger.ts';
import { seededRandom } from './seeded-random.ts';
import { generateAccount, truth } from './tracked-account.ts';
import { storedTruth } from './tracked-database.ts';

const CHOICE = { from: 'all', owners: [], topics: [], archived: false, forks: false } as const;

const POINTS_A_SECOND = 500;

export interface TrackingKills {
  seed: number;
  kills: number;
  repositories: number;
  commits: number;
  /** The longest that a process lives before it is killed, ms. */
  longestMs: number;
}

/**
 * Kills the process that does a first sync (`kill -9`) at random instants, and starts it again each time. What it has in
 * the end is compared row by row with what was generated.
 *
 * @returns how often it was killed before everything had come
 * @throws AssertionError when something is missing, or there twice
 */
export async function surviveKillsWhileTracking(options: TrackingKills): Promise<number> {
  const { seed, kills, longestMs, ...size } = options;
  const random = seededRandom(seed);
  const world = generateAccount({ seed, ...size });
  const github = await startEmulatedGitHub({ world, releases: [] });
  const dataDir = await mkdtemp(join(tmpdir(), 'tt-tracking-kills-'));
  // So much in so short a time is more than GitHub allows in an hour, and nobody wants to wait for the next one here.
  const generous = setInterval(() => github.spend('graphql', -POINTS_A_SECOND), 1_000);
  let inTime = 0;
  try {
    const rooms = await openBrokerRooms({ dataDir, github: github.url });
    await connectAccount(rooms);
    await rooms.close();
    for (let kill = 1; kill <= kills; kill += 1) {
      const child = start(dataDir, github.url);
      await child.begun;
      await sleep(random() * longestMs);
      if (!child.isCurrent()) inTime += 1;
      await child.kill();
    }
    const last = start(dataDir, github.url);
    await last.current;
    await last.kill();
    const { choice, login } = { choice: { ...CHOICE, owners: [], topics: [] }, login: 'octocat' };
    const database = await openDatabase({ dataDir, logger: createQuietLogger() });
    try {
      const story = `seed ${seed}`;
      expect(await database.integrityCheck(), story).toBe('ok');
      expect(await storedTruth(database.db), story).toEqual(truth(world, login, choice));
      expect(await untrueSums(database.db), story).toEqual([]);
      expect(await untoldCommits(database.db), story).toEqual([]);
    } finally {
      await database.close();
    }
    return inTime;
  } finally {
    clearInterval(generous);
    await github.close();
    await rm(dataDir, { recursive: true, force: true });
  }
}

type Db = Parameters<typeof storedTruth>[0];

/** Days whose sums are not those of the stored rows. */
async function untrueSums(db: Db): Promise<unknown[]> {
  const { rows } = await sql`
    with true_days as (
      select repository_id, committed_at / 86400000 as day, count(*) as commits, sum(additions) as additions
      from tracked_commits group by 1, 2
    )
    select * from true_days full join tracked_days as days using (repository_id, day)
    where ifnull(true_days.commits, 0) != ifnull(days.commits, 0)
      or ifnull(true_days.additions, 0) != ifnull(days.additions, 0)`.execute(db);
  return rows;
}

/** Repositories whose events of commits do not tell of all of them, once each. */
async function untoldCommits(db: Db): Promise<unknown[]> {
  const { rows } = await sql`
    select repository.id, repository.name from tracked_repositories as repository
    where (select count(*) from tracked_commits where repository_id = repository.id)
      != (select ifnull(sum(count), 0) from tracked_events where repository_id = repository.id and kind = 'commits')
    or (select count(*) from tracked_pull_requests where repository_id = repository.id)
      != (select count(*) from tracked_events where repository_id = repository.id and kind = 'pull_request_opened')`.execute(
    db,
  );
  return rows;
}

function start(dataDir: string, github: string) {
  const child: ChildProcess = fork(join(import.meta.dirname, 'tracking-child.ts'), [dataDir, github], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  let reached = false;
  const begun = new Promise<void>((resolve, reject) => {
    child.once('message', () => resolve());
    child.once('exit', () => reject(new Error('it ended before it began')));
  });
  const current = new Promise<void>((resolve, reject) => {
    child.on('message', (told: { state?: string; error?: string }) => {
      if (told.error !== undefined) reject(new Error(told.error));
      if (told.state !== 'current') return;
      reached = true;
      resolve();
    });
    child.once('exit', () => reject(new Error('it was killed')));
  });
  current.catch(() => undefined);
  return {
    begun,
    current,
    isCurrent: () => reached,
    async kill() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
