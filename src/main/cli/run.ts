import { systemClock } from '../core/clock.ts';
import { resolveDataDir } from '../core/default-data-dir.ts';
import { type AppError, toAppError } from '../core/errors.ts';
import { errorBody } from '../http/error-body.ts';
import { type AppConnection, connectToApp } from '../http/socket-client.ts';
import type { Command, Invocation } from './command.ts';
import { EXIT, exitCodeOf } from './exit-codes.ts';
import { manual, overview } from './help.ts';
import { type Parsed, parse } from './parse.ts';
import { harmless, type Terminal } from './terminal.ts';

/**
 * Runs one command line.
 *
 * @param argv without the interpreter and the script
 * @returns the exit code; whatever went wrong has been said
 */
export async function run(
  argv: readonly string[],
  {
    commands,
    version,
    env,
    terminal,
  }: { commands: readonly Command[]; version: string; env: NodeJS.ProcessEnv; terminal: Terminal },
): Promise<number> {
  if (argv[0] === '--version' || argv[0] === '-V') {
    terminal.print(version);
    return EXIT.fine;
  }
  try {
    const parsed = parse(argv, commands);
    if (parsed === null) terminal.print(...overview(commands, terminal));
    else if (parsed.switches.has('help')) terminal.print(...manual(parsed.command, terminal));
    else return await invoke(parsed, { commands, env, terminal });
    return EXIT.fine;
  } catch (thrown) {
    const error = toAppError(thrown);
    // Looked for by hand: a line that could not be parsed may still ask for JSON.
    if (argv.includes('--json')) terminal.json(errorBody(error));
    else terminal.warn(...words(error, terminal));
    return exitCodeOf(error.code);
  }
}

async function invoke(
  { command, arguments: args, options, switches }: Parsed,
  { commands, env, terminal }: { commands: readonly Command[]; env: NodeJS.ProcessEnv; terminal: Terminal },
): Promise<number> {
  const json = switches.has('json');
  const dataDir = resolveDataDir({ env, flag: options.get('data') });
  let connection: Promise<AppConnection> | null = null;
  const app = () => {
    connection ??= connectToApp(dataDir);
    return connection;
  };
  const call: Invocation['call'] = async (name, input) => {
    const output = await (await app()).call(name, input);
    return json ? output : harmless(output);
  };
  try {
    return await command.run({
      argument: (name) => args.get(name),
      option: (name) => options.get(name),
      has: (name) => switches.has(name),
      json,
      dataDir,
      terminal,
      clock: systemClock(),
      commands,
      app,
      call,
    });
  } finally {
    await (connection as Promise<AppConnection> | null)?.then(
      (opened) => opened.close(),
      () => undefined,
    );
  }
}

function words(error: AppError, { red }: Terminal): string[] {
  const { message, remedy, url } = harmless(error.toView());
  return [`${red('trackeep:')} ${message}`, ...(remedy === '' ? [] : [remedy]), ...(url === null ? [] : [url])];
}
