import { closeSync, fstatSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';

/** A file that is only appended to and never grows past its bound: full, it becomes `….1`, and that one `….2`. */
export interface RotatingFile {
  /** Never throws. What cannot be written is dropped: nothing may be kept in memory for a disk that stays full. */
  write(line: string): void;
  close(): void;
}

export interface RotatingFileOptions {
  mostBytes?: number;
  /** Told once when writing starts to fail, and again only after it worked in between. */
  onTrouble?: (error: unknown) => void;
}

/**
 * Written synchronously, so that the last lines before a crash are there; the app logs a few lines a minute. The
 * streams that pino would bring (sonic-boom, pino-roll) keep unwritten lines in memory while the disk is full, and have
 * to be ended, which a crash does not do.
 */
export function openRotatingFile(
  path: string,
  { mostBytes = 5_000_000, onTrouble = () => {} }: RotatingFileOptions = {},
): RotatingFile {
  let file: { descriptor: number; bytes: number } | null = null;
  let state: 'fine' | 'failing' | 'closed' = 'fine';
  /** A line broke off in the middle: the next one begins on a line of its own. */
  let torn = false;

  const ready = (bytes: number) => {
    file ??= open(path);
    if (file.bytes > 0 && file.bytes + bytes > mostBytes) {
      closeSync(file.descriptor);
      file = null;
      rotate(path);
      file = open(path);
    }
    return file;
  };

  return {
    write(line) {
      if (state === 'closed') return;
      const bytes = Buffer.from(torn ? `\n${line}` : line);
      try {
        const target = ready(bytes.byteLength);
        const written = writeSync(target.descriptor, bytes);
        target.bytes += written;
        torn = written < bytes.byteLength;
        state = 'fine';
      } catch (error) {
        if (state === 'fine') onTrouble(error);
        state = 'failing';
      }
    },
    close() {
      if (file !== null) closeSync(file.descriptor);
      file = null;
      state = 'closed';
    },
  };
}

function open(path: string): { descriptor: number; bytes: number } {
  const descriptor = openSync(path, 'a', 0o600);
  return { descriptor, bytes: fstatSync(descriptor).size };
}

function rotate(path: string): void {
  rmSync(`${path}.2`, { force: true });
  for (const [from, to] of [
    [`${path}.1`, `${path}.2`],
    [path, `${path}.1`],
  ] as const) {
    try {
      renameSync(from, to);
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error;
    }
  }
}
