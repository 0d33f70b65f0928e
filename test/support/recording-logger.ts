import { inspect } from 'node:util';
import type { LogFields, Logger } from '../../src/main/core/logger.ts';

/**
 * A logger that writes everything into `log`, each line with its level, and the causes of errors: for tests that search it
 * for what must not be there.
 */
export function recordingLogger(log: string[]): Logger {
  const at = (level: string) => (message: string, fields?: LogFields) => {
    log.push([level, message, ...(fields === undefined ? [] : [inspect(fields, { depth: 8 })])].join(' '));
  };
  const logger: Logger = {
    ...{ debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    child: () => logger,
  };
  return logger;
}
