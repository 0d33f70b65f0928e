import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import pino from 'pino';
import type { LogLevel } from './config.ts';
import { readableLine } from './log-console.ts';
import { toLogValue } from './log-fields.ts';
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

export interface LoggerOptions {
  /** Must exist; the log is `logs/trackeep.log` in it. */
  dataDir: string;
  level: LogLevel;
  /** Also readable lines on standard error. */
  console: boolean;
  redact: Redactor;
  /** At this size the file is set aside and a new one begun; two old ones are kept. */
  mostBytes?: number;
}

/**
 * Writes JSON lines to a file of bounded size, readable for this user only, and if asked short lines to standard error.
 * Never throws: a log that cannot be written is said once on standard error, and the app goes on.
 */
export function createLogger(options: LoggerOptions): Logger & { close(): void } {
  const { dataDir, level, console, redact, mostBytes } = options;
  const folder = join(dataDir, 'logs');
  const path = join(folder, 'trackeep.log');
  const complain = (error: unknown) => {
    process.stderr.write(`The log ${path} cannot be written: ${error instanceof Error ? error.message : error}\n`);
  };
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch {
    // Opening the file says so.
  }
  const file = openRotatingFile(path, { onTrouble: complain, ...(mostBytes === undefined ? {} : { mostBytes }) });
  // Once for all loggers of the process, and for good: the last line may turn out to be unread when its logger is closed.
  if (!process.stderr.listeners('error').includes(nobodyReads)) process.stderr.on('error', nobodyReads);

  const root = pino(
    {
      level,
      base: null,
      timestamp: pino.stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
    },
    {
      write(line: string) {
        file.write(line);
        if (console) process.stderr.write(readableLine(line));
      },
    },
  );
  return {
    ...wrap(root, redact),
    close: () => file.close(),
  };
}

/** Whoever reads standard error may go away (`trackeep serve 2>&1 | head`); that must not end the app. */
function nobodyReads(): void {}

function wrap(logger: pino.Logger, redactor: Redactor): Logger {
  const at = (level: LogLevel) => (message: string, fields?: LogFields) => {
    if (logger.isLevelEnabled(level)) logger[level](toLogValue(fields ?? {}, redactor), redactor.redact(message));
  };
  return {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: (room) => wrap(logger.child({ room }), redactor),
  };
}
