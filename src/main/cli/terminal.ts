/** Standard output and standard error, as the commands use them. */

type Paint = (text: string) => string;

export interface Terminal {
  /** Whether a person sits there: standard input and output are a terminal. */
  readonly interactive: boolean;
  /** Whether standard output is a terminal, so that a line can be written over. */
  readonly live: boolean;
  readonly bold: Paint;
  readonly dim: Paint;
  readonly green: Paint;
  readonly yellow: Paint;
  readonly red: Paint;
  /** Lines on standard output. */
  print(...lines: string[]): void;
  /** Text on standard output as it is, no line of its own; resolves when more may follow. */
  write(text: string): Promise<void>;
  /** Lines on standard error. */
  warn(...lines: string[]): void;
  /** One JSON document on a line of its own. */
  json(value: unknown): void;
  /** A line that the next one writes over; nothing where standard output is no terminal. */
  transient(line: string): void;
}

/**
 * Colours only on a terminal, and not where NO_COLOR (https://no-color.org) or TERM=dumb asks for none.
 *
 * The reader of a pipe may leave early (`trackeep status | head -1`): that is its right and no failure.
 *
 * @param leave ends the process, when nobody reads any more
 */
export function createTerminal(env: NodeJS.ProcessEnv, leave: () => void): Terminal {
  const { stdout } = process;
  const live = stdout.isTTY === true;
  const coloured = live && !env.NO_COLOR && env.TERM !== 'dumb';
  const paint =
    (code: number): Paint =>
    (text) =>
      coloured ? `\x1b[${code}m${text}\x1b[0m` : text;
  const leaveWithReader = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    leave();
  };
  let pending = false;

  const clearLine = () => {
    if (pending) stdout.write('\r\x1b[K');
    pending = false;
  };

  stdout.on('error', leaveWithReader);
  return {
    // Asked only when it matters: opening standard input takes as long as many a command.
    get interactive() {
      return live && process.stdin.isTTY === true;
    },
    live,
    bold: paint(1),
    dim: paint(2),
    green: paint(32),
    yellow: paint(33),
    red: paint(31),
    print(...lines) {
      clearLine();
      stdout.write(`${lines.join('\n')}\n`);
    },
    write(text) {
      clearLine();
      return new Promise((resolve) => stdout.write(text, () => resolve()));
    },
    warn(...lines) {
      clearLine();
      process.stderr.once('error', leaveWithReader).write(`${lines.join('\n')}\n`);
    },
    json(value) {
      stdout.write(`${JSON.stringify(value)}\n`);
    },
    transient(line) {
      if (!live) return;
      stdout.write(`\r\x1b[K${line}`);
      pending = true;
    },
  };
}

/**
 * `value` with every control character replaced in every string within it: names and release notes are written by
 * others, and an escape sequence in them could move the cursor, retitle the window, or hide what follows.
 */
export function harmless<T>(value: T): T {
  return clean(value) as T;
}

function clean(value: unknown): unknown {
  if (typeof value === 'string') return value.replace(CONTROL, '\ufffd');
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, clean(part)]));
}

/** Everything Unicode calls a control, and the marks that turn the direction of writing. */
const CONTROL = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu;
