const LABELS: Readonly<Record<string, string>> = { debug: 'debug', info: 'info ', warn: 'warn ', error: 'error' };

/**
 * A line of the log as a person reads it on a terminal: time of day (UTC), level, room, what happened. Stacks stay in
 * the file.
 */
export function readableLine(line: string): string {
  const { time, level, room, msg, ...fields }: Record<string, unknown> = JSON.parse(line);
  const head = `${String(time).slice(11, 19)} ${LABELS[String(level)] ?? level} ${room === undefined ? '' : `${room}: `}`;
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${brief(value)}`);
  return `${oneLine(`${head}${msg}${rest.join('')}`)}\n`;
}

function brief(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  if (!('message' in value)) return JSON.stringify(value);
  return 'code' in value ? `${value.code}: ${value.message}` : String(value.message);
}

/** Text from elsewhere (a server's words) cannot forge lines or steer the terminal. */
function oneLine(text: string): string {
  return text.replace(/\p{Cc}+/gu, ' ');
}
