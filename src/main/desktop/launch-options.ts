import { parseArgs } from 'node:util';
import { AppError } from '../core/errors.ts';

/** What the desktop app takes on its command line: as `trackeep serve`, and `--hidden`. */
export interface LaunchOptions {
  data?: string;
  port?: string;
  vault?: string;
  /** Runs against local emulators. */
  demo: boolean;
  /** Starts without a window, as at login. */
  hidden: boolean;
}

const SETTINGS = ['data', 'port', 'vault'] as const;

/**
 * @param argv `process.argv`. Chromium's own switches, and the app's folder in a start from a clone, stand among ours;
 *   so what is not known is passed over.
 * @throws AppError `config_invalid` for an option without its value
 */
export function readLaunchOptions(argv: readonly string[]): LaunchOptions {
  const { values } = parseArgs({
    args: argv.slice(1),
    options: {
      data: { type: 'string' },
      port: { type: 'string' },
      vault: { type: 'string' },
      demo: { type: 'boolean' },
      hidden: { type: 'boolean' },
    },
    strict: false,
  });
  const options: LaunchOptions = { demo: values.demo === true, hidden: values.hidden === true };
  for (const name of SETTINGS) {
    const value = values[name];
    if (value === undefined) continue;
    if (typeof value !== 'string') throw new AppError('config_invalid', `--${name} needs a value.`);
    options[name] = value;
  }
  return options;
}

/** The command line that starts the app at login with the same settings as now. */
export function loginArguments(options: LaunchOptions): string[] {
  return [
    '--hidden',
    ...SETTINGS.flatMap((name) => (options[name] === undefined ? [] : [`--${name}=${options[name]}`])),
  ];
}
