import { AppError } from './errors.ts';
import { GONE, type Redactor } from './redact.ts';

/** Fields of these names hold a secret, whatever it looks like. */
const SECRET_FIELD = /token$|secret|passphrase|password|authorization|cookie|verifier|private_?key/i;

const DEEPEST = 6;
const LONGEST_TEXT = 8_000;
const MOST_MEMBERS = 50;

/**
 * Anything that a log line was given, as plain data without secrets and of bounded size. Every text passes the redactor
 * before it is encoded, since a secret in JSON may not look like itself any more. pino's own `redact` takes paths that
 * are known beforehand, which an error out of a library does not have.
 */
export function toLogValue(value: unknown, { redact }: Pick<Redactor, 'redact'>, depth = 0): unknown {
  if (typeof value === 'string') return shorten(redact(value));
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  if (typeof value === 'function') return '[function]';
  if (typeof value !== 'object' || value === null) return value;
  if (depth > DEEPEST) return '[deeper]';
  const clean = (inner: unknown) => toLogValue(inner, { redact }, depth + 1);

  if (value instanceof Error) return describe(value, clean);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? 'Invalid Date' : value.toISOString();
  if (value instanceof URL) return clean(value.href);
  if (ArrayBuffer.isView(value)) return `[${value.byteLength} bytes]`;
  if (Array.isArray(value)) return value.slice(0, MOST_MEMBERS).map(clean);
  if (value instanceof Map || value instanceof Set) return [...value].slice(0, MOST_MEMBERS).map(clean);
  const members = Object.entries(value)
    .slice(0, MOST_MEMBERS)
    .map(([name, inner]) => [redact(name), hides(name, inner) ? GONE : clean(inner)]);
  return Object.fromEntries(members);
}

/** Whether there is a token may be said, and when it expires; not the token. */
function hides(name: string, value: unknown): boolean {
  return SECRET_FIELD.test(name) && typeof value !== 'boolean' && typeof value !== 'number' && value !== null;
}

/** An error with what caused it. Its other members are left out: libraries keep whole requests there, headers and all. */
function describe(error: Error, clean: (value: unknown) => unknown): object {
  const { name, message, stack, cause } = error;
  const errors = error instanceof AggregateError ? error.errors : undefined;
  const code = error instanceof AppError || 'code' in error ? error.code : undefined;
  return {
    ...(name === 'Error' ? {} : { name: clean(name) }),
    ...(code === undefined ? {} : { code: clean(code) }),
    message: clean(message),
    ...(stack === undefined ? {} : { stack: clean(framesOf(stack)) }),
    ...(cause === undefined ? {} : { cause: clean(cause) }),
    ...(errors === undefined ? {} : { errors: clean(errors) }),
  };
}

/** The message stands beside it already. */
function framesOf(stack: string): string {
  const start = stack.search(/^\s+at /m);
  return start < 0 ? stack : stack.slice(start);
}

function shorten(text: string): string {
  if (text.length <= LONGEST_TEXT) return text;
  return `${text.slice(0, LONGEST_TEXT)}… (${text.length} characters)`;
}
