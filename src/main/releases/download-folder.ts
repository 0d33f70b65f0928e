import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../core/atomic-file.ts';
import { AppError } from '../core/errors.ts';
import { toFileError } from '../core/file-error.ts';
import type { Checksum } from './checksum.ts';

/** The file that is wanted: what it is called, where it is, and what it must turn out to be. */
export interface Wanted {
  readonly version: string;
  readonly name: string;
  readonly size: number;
  readonly url: string;
  readonly checksum: Checksum | null;
}

/** What stands beside a file that is not whole yet, so that a later run can go on with it. */
export interface Progress {
  /** The strong validator of the bytes so far (RFC 9110 §8.8.3); without one they cannot be continued. */
  etag: string | null;
  size: number;
  sha256: string | null;
  /** The person wants it: a run that was cut short goes on by itself. */
  wanted: boolean;
}

const Progress = z.object({
  etag: z.string().nullable(),
  size: z.int(),
  sha256: z.string().nullable(),
  wanted: z.boolean(),
});

/**
 * Where downloads lie: `<data folder>/downloads/<version>/<file>`. A file under its own name is whole and was verified
 * when it got there; until then it is `<file>.part`, with `<file>.part.json` beside it.
 */
export interface DownloadFolder {
  /** Where the finished file lies. */
  path(file: Wanted): string;
  partPath(file: Wanted): string;
  /** Makes the folder and sees that the file fits. @throws AppError `data_folder_unusable`, `disk_full` */
  prepare(file: Wanted, missingBytes: number): Promise<void>;
  /** What an earlier run has of exactly this file. */
  progress(file: Wanted): Promise<{ received: number; progress: Progress } | null>;
  /** @throws AppError `data_folder_unusable`, `disk_full` */
  saveProgress(file: Wanted, progress: Progress): void;
  /** SHA-256 of the partial or the finished file, hex. */
  sha256(file: Wanted, which: 'part' | 'finished', signal: AbortSignal): Promise<string>;
  /** Size of the finished file; null: there is none. */
  finishedSize(file: Wanted): Promise<number | null>;
  /** Gives the part its final name, for good: it is on disk, power cut or not. @throws AppError as `prepare` */
  finish(file: Wanted): Promise<void>;
  /** Deletes everything of this version. @throws AppError as `prepare` */
  remove(file: Wanted): Promise<void>;
  /** Deletes everything but what can still be used of `file`. */
  sweep(file: Wanted | null): Promise<void>;
}

export function createDownloadFolder({ dataDir }: { dataDir: string }): DownloadFolder {
  const root = join(dataDir, 'downloads');
  const folderOf = (file: Wanted) => join(root, file.version);
  const path = (file: Wanted) => join(folderOf(file), file.name);
  const partPath = (file: Wanted) => `${path(file)}.part`;
  const progressPath = (file: Wanted) => `${path(file)}.part.json`;

  const folder: DownloadFolder = {
    path,
    partPath,
    async prepare(file, missingBytes) {
      try {
        await mkdir(folderOf(file), { recursive: true, mode: 0o700 });
        const { bavail, bsize } = await statfs(folderOf(file));
        if (bavail * bsize < missingBytes) {
          throw new AppError('disk_full', `There is not enough space left for ${path(file)} (${file.size} bytes).`);
        }
      } catch (error) {
        throw toFileError(error, path(file));
      }
    },
    async progress(file) {
      const received = await sizeOf(partPath(file));
      if (received === null) return null;
      const text = await readFile(progressPath(file), 'utf8').catch(() => '');
      const progress = Progress.safeParse(jsonOrNull(text)).data;
      if (!progress || progress.size !== file.size || received > file.size) return null;
      if (progress.sha256 !== (file.checksum?.sha256 ?? null)) return null;
      return { received, progress };
    },
    saveProgress(file, progress) {
      try {
        writeFileAtomic(progressPath(file), JSON.stringify(progress));
      } catch (error) {
        throw toFileError(error, progressPath(file));
      }
    },
    async sha256(file, which, signal) {
      const hash = createHash('sha256');
      const bytes = createReadStream(which === 'part' ? partPath(file) : path(file), {
        signal,
        highWaterMark: 1 << 18,
      });
      for await (const chunk of bytes) hash.update(chunk);
      return hash.digest('hex');
    },
    finishedSize: (file) => sizeOf(path(file)),
    async finish(file) {
      try {
        await sync(partPath(file));
        await rename(partPath(file), path(file));
        // The name is on disk only when the folder is. Windows has no such call, and needs none.
        if (process.platform !== 'win32') await sync(folderOf(file));
      } catch (error) {
        throw toFileError(error, path(file));
      }
      await rm(progressPath(file), { force: true });
    },
    async remove(file) {
      try {
        await rm(folderOf(file), { recursive: true, force: true });
      } catch (error) {
        throw toFileError(error, path(file));
      }
    },
    async sweep(file) {
      const kept = new Set<string>();
      if (file) {
        if ((await folder.finishedSize(file)) === file.size) kept.add(path(file));
        else if (await folder.progress(file)) for (const used of [partPath(file), progressPath(file)]) kept.add(used);
      }
      for (const version of await namesIn(root)) {
        const names = await namesIn(join(root, version));
        const left = names.filter((name) => kept.has(join(root, version, name)));
        if (left.length === 0) await rm(join(root, version), { recursive: true, force: true });
        else
          for (const name of names) if (!left.includes(name)) await rm(join(root, version, name), { recursive: true });
      }
    },
  };
  return folder;
}

async function sizeOf(path: string): Promise<number | null> {
  const found = await stat(path).catch(() => null);
  return found?.isFile() ? found.size : null;
}

async function namesIn(folder: string): Promise<string[]> {
  return readdir(folder).catch(() => []);
}

async function sync(path: string): Promise<void> {
  const handle = await open(path, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
