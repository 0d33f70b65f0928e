/**
 * The tracking room with the real rooms below it, in a process of its own that does nothing else.
 *
 *     fork('syncing.ts', [DATA FOLDER, ADDRESS OF GITHUB])
 *
 * It sends a `SyncReport` when everything has come, and another one for each message it gets: for a round that finds out
 * what has changed.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { openTrackingRooms } from '../test/support/tracking-rooms.ts';

export interface SyncReport {
  /** From the wish to the last row, ms; `cpuMs` is what this process worked of it. */
  ms: number;
  cpuMs: number;
  /** How long everything else in the process had to wait, ms. */
  longestBlock: number;
  p99Block: number;
  /** Repositories that are tracked. */
  repositories: number;
  /** Points that GitHub has counted for questions in GraphQL. Not known of the first time, when nobody knows what was left. */
  points: number | null;
}

const [dataDir = '', github = ''] = process.argv.slice(2);
const { bus, connections, tracking } = await openTrackingRooms(dataDir, github, (error) => {
  throw error;
});

/** What is left of the limit of GraphQL; it only falls while nobody waits for an hour. */
const left = async () => {
  const [connection] = await connections.list();
  return connection ? (await connections.budget(connection.id)).graphql?.remaining : undefined;
};

const report = async (work: () => Promise<unknown>) => {
  const before = await left();
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const cpu = process.cpuUsage();
  const started = performance.now();
  await work();
  const ms = performance.now() - started;
  const { user, system } = process.cpuUsage(cpu);
  delay.disable();
  const after = await left();
  const [account] = (await tracking.view()).accounts;
  const told: SyncReport = {
    ...{ ms, cpuMs: (user + system) / 1_000 },
    ...{ longestBlock: delay.max / 1e6, p99Block: delay.percentile(99) / 1e6 },
    ...{ repositories: account?.repositories ?? 0 },
    points: before === undefined || after === undefined ? null : before - after,
  };
  process.send?.(told);
};

/** Until everything is as GitHub has it. */
const current = new Promise<void>((resolve, reject) => {
  bus.on('tracking', () => {
    void tracking.view().then(({ accounts: [account] }) => {
      if (account?.problem) reject(new Error(account.problem.message));
      if (account?.state === 'current') resolve();
    });
  });
});

process.on('message', () => report(() => tracking.freshAll()));
process.on('disconnect', () => process.exit());
await report(async () => {
  await tracking.start();
  await current;
});
