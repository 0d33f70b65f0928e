import { readSync } from 'node:fs';

/** What git says of the credential it wants (git-credential(1), "Input/output format"). */
export type GitAttributes = Readonly<Partial<Record<'protocol' | 'host' | 'path' | 'username', string>>>;

/** Far more than git says; it has no line longer than 64 KiB itself. */
const MOST_BYTES = 64 * 1024;
const ATTRIBUTE = /^(protocol|host|path|username)=(.*)$/s;
const END = /(?:^|\n)\r?\n/;

/**
 * Reads lines of `key=value` up to an empty line or the end. Lines of other keys are left out, as git wants it of
 * helpers. Input that is too long to be git's counts as none.
 *
 * Waits for it, since there is nothing else to do: Node's stream for standard input takes longer to make than git's few
 * lines to read.
 *
 * @param file the descriptor
 */
export function readAttributes(file: number): GitAttributes {
  const bytes = Buffer.alloc(MOST_BYTES);
  let length = 0;
  for (let read = -1; read !== 0 && !END.test(bytes.toString('utf8', 0, length)); length += read) {
    if (length === MOST_BYTES) return {};
    read = readSome(file, bytes, length);
  }
  const attributes: Record<string, string> = {};
  for (const line of bytes.toString('utf8', 0, length).split(/\r?\n/)) {
    if (line === '') break;
    const [, name, value] = ATTRIBUTE.exec(line) ?? [];
    if (name !== undefined && value !== undefined) attributes[name] = value;
  }
  return attributes;
}

/** @returns 0 at the end */
function readSome(file: number, bytes: Buffer, at: number): number {
  for (;;) {
    try {
      return readSync(file, bytes, at, bytes.length - at, null);
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      // So Windows calls the end of a pipe.
      if (code === 'EOF') return 0;
      // Whoever started us left the pipe as it uses pipes itself. What is to come comes at once.
      if (code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}
