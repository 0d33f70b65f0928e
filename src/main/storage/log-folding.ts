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

/** Rows changed from one folding to the next. Each waits for the disk twice, which others wait for as well. */
const CHANGES_BETWEEN = 2_000;

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
  let underWay: PromiseWithResolvers<void> | null = null;
  let changesBefore = 0;
  let failed = false;

  const end = () => {
    underWay?.resolve();
    underWay = null;
  };

  const start = () => {
    const sqlite = createRequire(import.meta.url).resolve('better-sqlite3');
    const started = new Worker(THREAD, { eval: true, execArgv: [], workerData: { path, sqlite } });
    started.unref();
    started.on('message', end);
    started.once('error', () => {
      failed = true;
      end();
    });
    return started;
  };

  return {
    wrote(changes) {
      if (failed || underWay !== null || changes - changesBefore < CHANGES_BETWEEN) return;
      changesBefore = changes;
      underWay = Promise.withResolvers();
      worker ??= start();
      worker.postMessage('fold');
    },
    async idle() {
      await underWay?.promise;
    },
    async close() {
      await underWay?.promise;
      if (worker === null || failed) return;
      const ended = once(worker, 'exit');
      worker.ref();
      worker.postMessage('close');
      await ended;
    },
  };
}
