import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../core/atomic-file.ts';
import { AppError } from '../core/errors.ts';
import type { KeySource } from './key-source.ts';

const NAME = 'master.key';

const KeyFile = z.strictObject({
  version: z.literal(1),
  /** One key; during a rotation two. */
  keys: z.array(z.strictObject({ id: z.string(), key: z.base64url() })),
});
type KeyFile = z.infer<typeof KeyFile>;

/**
 * Master keys in the file `master.key` of the data folder, for machines with nothing better and only on request
 * (`--vault=file`). Whoever can read the data folder can read everything; the only protection is mode 0600.
 *
 * A file that others may read is refused, as ssh refuses such keys, and not quietly tightened: somebody may have read
 * it already, and the person should hear of that. A file that cannot be understood is never overwritten.
 */
export function fileSource({ dataDir, platform = process.platform }: FileSourceOptions): KeySource {
  const path = keyFilePath(dataDir);

  /** @returns null when there is no file */
  async function load(): Promise<KeyFile | null> {
    try {
      await removeLeftovers();
      const found = await stat(path);
      if (platform !== 'win32' && isOpenToOthers(found.mode)) throw readableByOthers(path);
      return KeyFile.parse(JSON.parse(await readFile(path, 'utf8')));
    } catch (error) {
      if (isCode(error, 'ENOENT')) return null;
      if (error instanceof AppError) throw error;
      if (isCode(error, 'EACCES')) throw new AppError('vault_denied', `${path} cannot be read.`, { cause: error });
      if (error instanceof z.ZodError || error instanceof SyntaxError) throw damaged(path, error);
      throw new AppError('vault_unavailable', `${path} cannot be read.`, { cause: error });
    }
  }

  /** A crash in mid-write leaves a temporary file, and a key in it. */
  async function removeLeftovers(): Promise<void> {
    for (const name of await readdir(dataDir)) {
      if (name.startsWith(`${NAME}.`) && name.endsWith('.tmp')) await rm(join(dataDir, name), { force: true });
    }
  }

  function replace(content: KeyFile): void {
    try {
      writeFileAtomic(path, JSON.stringify(content));
    } catch (error) {
      const full = isCode(error, 'ENOSPC') || isCode(error, 'EDQUOT');
      throw new AppError(full ? 'disk_full' : 'data_folder_unusable', `${path} cannot be written.`, { cause: error });
    }
  }

  return {
    name: 'file',
    backend: 'key file (not protected by the system)',
    async keep(id, key) {
      const others = (await load())?.keys.filter((entry) => entry.id !== id) ?? [];
      const entry = { id, key: Buffer.from(key).toString('base64url') };
      replace({ version: 1, keys: [...others, entry] });
      return null;
    },
    async fetch(id) {
      const entry = (await load())?.keys.find((candidate) => candidate.id === id);
      return entry === undefined ? null : Buffer.from(entry.key, 'base64url');
    },
    async remove(id) {
      const content = await load();
      if (!content?.keys.some((entry) => entry.id === id)) return;
      replace({ version: 1, keys: content.keys.filter((entry) => entry.id !== id) });
    },
  };
}

export function keyFilePath(dataDir: string): string {
  return join(dataDir, NAME);
}

/** @param mode of a file, as `stat` tells it */
export function isOpenToOthers(mode: number): boolean {
  return (mode & 0o077) !== 0;
}

interface FileSourceOptions {
  dataDir: string;
  platform?: NodeJS.Platform;
}

function readableByOthers(path: string): AppError {
  return new AppError('vault_denied', `Other users of this machine can read ${path}.`, {
    remedy: `Run: chmod 600 "${path}", then replace the key with: trackeep doctor --rotate-key`,
  });
}

function damaged(path: string, cause: unknown): AppError {
  // The parser's words may quote the file, so they are left out of the cause.
  return new AppError('vault_missing', `${path} is damaged.`, {
    cause: cause instanceof z.ZodError ? new Error('not the form of a key file') : new Error('not JSON'),
    remedy: 'Put the file back from a backup; it has not been touched.',
  });
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
