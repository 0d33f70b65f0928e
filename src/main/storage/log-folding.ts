import { once } from 'node:events';
import { createRequire } from 'node:module';
import { Worker } from 'node:worker_threads';

/** Writes what stands in the write-ahead log into the database itself, while others go on reading and writing. */
export interface LogFolding {
  /**
   * Something was written.
   * @param changes rows changed since the database was opened
   */
  wrote(changes: number): void;
  /** @returns when no folding is under way */
  idle(): Promise<void>;
  /** When what is under way is done; before the last connection of the database's own is closed. */
  close(): Promise<void>;
}

/** Below that, SQLite's own folding is seldom and short. */
const LEAST_CHANGES = 500;
/** Each time waits for the disk twice, at which others have to wait, too. */
const EVERY_MS = 100;

/**
 * A text, since a file of its own would have to be found from the sources, the bundles and the packages alike. Trouble is
 * SQLite's to tell of, which folds by itself where this did not.
 */
const THREAD = `
  const { parentPort, workerData } = require('node:worker_threads');
  const Sqlite = require(workerData.sqlite);
  const file = new Sqlite(workerData.path, { fileMustExist: true, timeout: 0 });
  parentPort.on('message', (wanted) => {
    if (wanted === 'close') {
      file.close();
      parentPort.close();
      return;
    }
    try {
      file.pragma('wal_checkpoint(PASSIVE)');
    } catch {}
    parentPort.postMessage('done');
  });
`;

/**
 * SQLite folds within the commit that makes the log too long, which takes a dozen milliseconds in which nobody is served.
 * Done ahead of it in another thread, little is left to do there. The thread is there from the first time that much is
 * written at once; a thread that cannot be had is none that anybody needs.
 *
 * @param path of the database
 */
export function createLogFolding(path: string): LogFolding {
  let worker: Worker | null = null;
  let done: Promise<unknown> | null = null;
  let folded = { changes: 0, at: Number.NEGATIVE_INFINITY };
  let failed = false;

  const start = () => {
    const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
    const started = new Worker(THREAD, { eval: true, execArgv: [], workerData: { path, sqlite } });
    started.unref();
    started.once('error', () => {
      failed = true;
    });
    return started;
  };

  const fold = async (thread: Worker) => {
    thread.postMessage('fold');
    await Promise.race([once(thread, 'message'), once(thread, 'exit')]).catch(() => undefined);
    done = null;
  };

  return {
    wrote(changes) {
      if (failed || done !== null || changes - folded.changes < LEAST_CHANGES) return;
      const now = performance.now();
      if (now - folded.at < EVERY_MS) return;
      folded = { changes, at: now };
      worker ??= start();
      done = fold(worker);
    },
    async idle() {
      await done;
    },
    async close() {
      await done;
      if (worker === null || failed) return;
      const exit = once(worker, 'exit').catch(() => undefined);
      worker.ref();
      worker.postMessage('close');
      await exit;
    },
  };
}
