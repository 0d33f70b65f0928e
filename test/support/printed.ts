/**
 * Records what is printed as an error, by whatever way: a library that warns on the console about a request has not
 * expected it.
 *
 * @returns the lines; `stop` gives the console back
 */
export function recordPrinted(): { lines: string[]; stop(): void } {
  const lines: string[] = [];
  const { error, warn } = console;
  const { write } = process.stderr;
  console.error = (...values: unknown[]) => void lines.push(values.map(String).join(' '));
  console.warn = console.error;
  process.stderr.write = (chunk: string | Uint8Array) => lines.push(String(chunk)) > 0;
  return {
    lines,
    stop() {
      Object.assign(console, { error, warn });
      process.stderr.write = write;
    },
  };
}
