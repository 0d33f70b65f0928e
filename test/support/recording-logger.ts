import { inspect } from 'node:util';
import type { LogFields, Logger } from '../../src/main/core/logger.ts';

/** A logger that writes everything into `log`, causes of errors included: for tests that search it for what must not be there. */
export function recordingLogger(log: string[]): Logger {
  const record = (message: string, fields?: LogFields) => {
    log.push(fields === undefined ? message : `${message} ${inspect(fields, { depth: 8 })}`);
  };
  const logger: Logger = { debug: record, info: record, warn: record, error: record, child: () => logger };
  return logger;
}
