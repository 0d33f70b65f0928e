import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import type { LogLevel } from './config.ts';
import { AppError } from './errors.ts';
import type { Redactor } from './redact.ts';
import { openRotatingFile } from './rotating-file.ts';

/** Fields that go with a log line. Known secrets and everything that looks like one are removed on the way out. */
export type LogFields = Record<string, unknown>;

/** The redacting logger, passed in wherever something is logged. */
export interface Logger {
  debug(message: string, fields?: LogFields): void;
  info(message: string, fields?: LogFields): void;
  warn(message: string, fields?: LogFields): void;
  error(message: string, fields?: LogFields): void;
  /** A logger whose lines carry the name of the room. */
  child(room: string): Logger;
}

/**
 * Writes JSON lines to `logs/trackeep.log` in the data folder and, if asked, short readable ones to standard error.
 * Every line passes the redactor as text, after it is complete: whatever a field or an error carries, nested or not,
 * is treated alike. pino's own `redact` works by paths known beforehand, which an unknown error does not have.
 *
 * @param parts.console also write to standard error
 */
export function createLogger({
  dataDir,
  level,
  console,
  redact,
}: {
  dataDir: string;
  level: LogLevel;
  console: boolean;
  redact: Redactor;
}): Logger & { close(): void } {
  const folder = join(dataDir, 'logs');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const file = openRotatingFile(join(folder, 'trackeep.log'));
  const destination = {
    write(line: string) {
      const clean = redact.redact(line);
      file.write(clean);
      if (console) process.stderr.write(readable(clean));
    },
  };
  const root = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, destination);
  return { ...wrap(root), close: () => file.close() };
}

function wrap(logger: pino.Logger): Logger {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (logger.isLevelEnabled(level)) logger[level](fields ? describeErrors(fields) : {}, message);
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (room) => wrap(logger.child({ room })),
  };
}

function describeErrors(fields: LogFields): LogFields {
  const described = Object.entries(fields).map(([name, value]) => [
    name,
    value instanceof Error ? describe(value) : value,
  ]);
  return Object.fromEntries(described);
}

/** An error as plain data, with what caused it. Other members are left out: they hold requests with their headers. */
function describe(error: Error, depth = 0): object {
  const { name, message, stack, cause } = error;
  const code = error instanceof AppError ? error.code : 'code' in error ? error.code : undefined;
  const deeper = cause instanceof Error && depth < 5 ? describe(cause, depth + 1) : undefined;
  return { name, code, message, stack, cause: deeper };
}

const LABELS: Readonly<Record<string, string>> = { 20: 'debug', 30: 'info ', 40: 'warn ', 50: 'error' };

function readable(line: string): string {
  const { time, level, room, msg, ...fields } = JSON.parse(line);
  const rest = Object.entries(fields).map(([name, value]) => ` ${name}=${short(value)}`);
  return `${String(time).slice(11, 19)} ${LABELS[level] ?? level} ${room ? `${room}: ` : ''}${msg}${rest.join('')}\n`;
}

function short(value: unknown): string {
  if (typeof value !== 'object' || value === null) return String(value);
  const { code, message } = value as { code?: unknown; message?: unknown };
  return message === undefined ? JSON.stringify(value) : `${code ? `${code}: ` : ''}${message}`;
}
