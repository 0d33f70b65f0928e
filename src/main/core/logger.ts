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
