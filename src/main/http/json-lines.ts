/** The longest line either side sends or takes, in bytes. The largest views are a few dozen kilobytes. */
export const MOST_LINE_BYTES = 1_048_576;

const NEWLINE = 0x0a;

/**
 * Cuts a stream of bytes into lines of JSON.
 *
 * @param onValue is called with every line's value
 * @param onBroken is called once, for a line that is too long or not JSON; nothing is read after it
 * @returns a function that takes the next piece, cut anywhere
 */
export function createLineReader(onValue: (value: unknown) => void, onBroken: () => void): (piece: Buffer) => void {
  let waiting: Buffer[] = [];
  let waitingBytes = 0;
  let broken = false;

  const giveUp = () => {
    broken = true;
    waiting = [];
    onBroken();
  };

  const takeLine = (line: Buffer) => {
    let value: unknown;
    try {
      value = JSON.parse(line.toString('utf8'));
    } catch {
      return giveUp();
    }
    onValue(value);
  };

  return (piece) => {
    let start = 0;
    while (!broken) {
      const end = piece.indexOf(NEWLINE, start);
      const part = piece.subarray(start, end === -1 ? undefined : end);
      waitingBytes += part.length;
      if (waitingBytes > MOST_LINE_BYTES) return giveUp();
      waiting.push(part);
      if (end === -1) return;
      const [only = part, ...more] = waiting;
      const line = more.length === 0 ? only : Buffer.concat(waiting);
      waiting = [];
      waitingBytes = 0;
      start = end + 1;
      takeLine(line);
    }
  };
}
