import { closeSync, openSync, writeSync } from 'node:fs';

/** Writes to `ballast` until not a byte more fits on its disk. */
export function fillDisk(ballast: string): void {
  const file = openSync(ballast, 'w');
  for (let size = 65_536; size >= 1; ) {
    try {
      if (writeSync(file, Buffer.alloc(size, 'x')) < size) size = Math.floor(size / 2);
    } catch {
      size = Math.floor(size / 2);
    }
  }
  closeSync(file);
}
