import { type FileHandle, open } from 'node:fs/promises';

/** Brings to the disk what SQLite has written to a write-ahead log. */
export interface WalSync {
  /**
   * @returns once all that was committed before the call is on the disk
   * @throws what the file system throws, and the same again until `trust` is called
   */
  sync(): Promise<void>;
  /** The log that could not be synced is empty. */
  trust(): void;
  /** When nothing is under way any more. */
  close(): Promise<void>;
}

/**
 * Waits in a thread of Node's, where SQLite itself would hold up the whole process. Calls that come while one is under
 * way share the next one.
 *
 * @param path of the database; its log is there from the first read on until the last connection is closed
 */
export function createWalSync(path: string): WalSync {
  // Windows flushes only what is open for writing. SQLite takes its locks on other files, so closing this drops none.
  let file: FileHandle | null = null;
  let current: Promise<void> = Promise.resolve();
  let next: Promise<void> | null = null;
  let failure: { error: unknown } | null = null;

  const once = async () => {
    if (failure !== null) throw failure.error;
    try {
      file ??= await open(`${path}-wal`, 'r+');
      await file.datasync();
    } catch (error) {
      failure = { error };
      throw error;
    }
  };

  return {
    sync() {
      next ??= current
        .catch(() => {})
        .then(() => {
          next = null;
          current = once();
          return current;
        });
      return next;
    },
    trust() {
      failure = null;
    },
    async close() {
      await (next ?? current).catch(() => {});
      await file?.close();
      file = null;
    },
  };
}
