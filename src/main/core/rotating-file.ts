import { closeSync, fstatSync, openSync, renameSync, writeSync } from 'node:fs';

/** A log file that never grows past its bound: when it is full it becomes `….1`, and that one `….2`. */
export interface RotatingFile {
  /** Never throws: a full disk must not end the app because it cannot say so. */
  write(text: string): void;
  close(): void;
}

const MOST_BYTES = 5 * 1024 * 1024;

/**
 * Written synchronously, so that the last lines before a crash are there; the app logs a few lines a minute. A library
 * with a stream and timers (pino-roll) would need its end awaited, which a crash does not do.
 *
 * @param mostBytes size at which the file is rotated
 */
export function openRotatingFile(path: string, mostBytes = MOST_BYTES): RotatingFile {
  let file = open(path);

  const rotate = () => {
    if (file.descriptor !== null) closeSync(file.descriptor);
    for (const [from, to] of [
      [`${path}.1`, `${path}.2`],
      [path, `${path}.1`],
    ] as const) {
      try {
        renameSync(from, to);
      } catch {
        // There was none to move, or it cannot be moved: then this file just goes on.
      }
    }
    file = open(path);
  };

  return {
    write(text) {
      try {
        if (file.bytes >= mostBytes) rotate();
        if (file.descriptor !== null) file.bytes += writeSync(file.descriptor, text);
      } catch {
        // Nobody is left to be told; the doctor shows a full disk.
      }
    },
    close() {
      if (file.descriptor !== null) closeSync(file.descriptor);
      file = { descriptor: null, bytes: 0 };
    },
  };
}

function open(path: string): { descriptor: number | null; bytes: number } {
  try {
    const descriptor = openSync(path, 'a', 0o600);
    return { descriptor, bytes: fstatSync(descriptor).size };
  } catch {
    return { descriptor: null, bytes: 0 };
  }
}
