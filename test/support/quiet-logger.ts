import type { LogFields, Logger } from '../../src/main/core/logger.ts';

/** A logger that keeps its lines for the test to look at. */
export interface QuietLogger extends Logger {
  readonly lines: { level: 'debug' | 'info' | 'warn' | 'error'; message: string; fields: LogFields | undefined }[];
}

export function createQuietLogger(): QuietLogger {
  const lines: QuietLogger['lines'] = [];
  const at = (level: QuietLogger['lines'][number]['level']) => (message: string, fields?: LogFields) => {
    lines.push({ level, message, fields });
  };
  const logger: QuietLogger = {
    lines,
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    child: () => logger,
  };
  return logger;
}
