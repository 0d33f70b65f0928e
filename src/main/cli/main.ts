/**
 * The entry of the `trackeep` command. A command that only asks the running app loads nothing but Node's own sockets and
 * files, and what scripts, prompts and git wait for reads only its own code: there, every ms is felt.
 */
import { version } from '../../../package.json';
import type { Command } from './command.ts';
import { gitCredential } from './commands/git-credential.ts';
import { token } from './commands/token.ts';
import { run } from './run.ts';
import { createTerminal } from './terminal.ts';

/** Those that are in the entry's own file of the bundle. All others lie in a second one. */
const WAITED_FOR: readonly Command[] = [token, gitCredential];

async function main(argv: readonly string[]): Promise<number> {
  const commands = WAITED_FOR.some(({ name }) => name === argv[0])
    ? WAITED_FOR
    : (await import('./commands/index.ts')).COMMANDS;
  const terminal = createTerminal(process.env, leave);
  return run(argv, { commands, version, env: process.env, terminal });
}

/** The app that runs here ends in good order, as when it is told to; a command has nothing to put in order. */
function leave(): void {
  if (!process.emit('SIGTERM', 'SIGTERM')) process.exit();
}

// No top-level await: the second file imports from this one, and each would wait for the other for ever.
void main(process.argv.slice(2)).then((code) => {
  process.exitCode = code;
});
