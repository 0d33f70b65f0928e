import type { Platform } from '../../shared/connection-views.ts';
import type { ContractClient } from '../../shared/contract.ts';
import { PLATFORM_NAMES } from '../../shared/platforms.ts';
import type { Clock } from '../core/clock.ts';
import type { AppConnection } from '../http/socket-client.ts';
import type { Terminal } from './terminal.ts';

export interface Option {
  /** Without its dashes. */
  name: string;
  short?: string;
  /** What its value is called in the help; an option without one is a switch. */
  value?: string;
  /** The values there are, where they are few. */
  values?: readonly string[];
  text: string;
}

export interface Argument {
  name: string;
  required?: boolean;
  values?: readonly string[];
  text: string;
}

/** The provider a command is about; `platformOf` reads it. */
export const PROVIDER: Argument = {
  name: 'PROVIDER',
  required: true,
  values: Object.keys(PLATFORM_NAMES),
  text: 'Which provider.',
};

/** What was given as PROVIDER, where it is required: parsing took nothing else than its values. */
export function platformOf({ argument }: Pick<Invocation, 'argument'>): Platform {
  return argument(PROVIDER.name) as Platform;
}

/** One command, as data: parsing, help, completions and usage errors are all made from this. */
export interface Command {
  name: string;
  /** One line, without a full stop. */
  summary: string;
  /** Paragraphs. */
  description: readonly string[];
  arguments?: readonly Argument[];
  /** Beside the ones that every command takes. */
  options?: readonly Option[];
  examples?: readonly string[];
  /** @returns the exit code */
  run(call: Invocation): Promise<number>;
}

/** What a command gets to work with. */
export interface Invocation {
  /** Positional arguments by the name they have in the table. */
  argument(name: string): string | undefined;
  /** An option's value by its name. */
  option(name: string): string | undefined;
  /** Whether a switch was given. */
  has(name: string): boolean;
  /** Whether one JSON document is wanted instead of words. */
  json: boolean;
  dataDir: string;
  terminal: Terminal;
  clock: Clock;
  commands: readonly Command[];
  /**
   * The running app, connected at the first use; the connection ends with the command.
   * @throws AppError `app_not_running`
   */
  app(): Promise<AppConnection>;
  /** Calls a procedure of the running app. For people, what comes back holds no control characters any more. */
  call: ContractClient['call'];
}

/** What every command takes. */
export const COMMON_OPTIONS: readonly Option[] = [
  { name: 'data', value: 'DIR', text: 'The data folder of the app; else TRACKEEP_DATA, else the usual place.' },
  { name: 'json', text: 'One JSON document on standard output, errors included.' },
  { name: 'help', short: 'h', text: 'How to use it.' },
];
