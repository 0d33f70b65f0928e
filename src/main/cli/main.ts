/**
 * The entry of the `trackeep` command. Its bundle is one file, and a command that only asks the running app loads
 * nothing but Node's own sockets and files: `trackeep token` stands in scripts and prompts, where every ms is felt.
 */
import { version } from '../../../package.json';
import { COMMANDS } from './commands/index.ts';
import { run } from './run.ts';
import { createTerminal } from './terminal.ts';

process.exitCode = await run(process.argv.slice(2), {
  commands: COMMANDS,
  version,
  env: process.env,
  terminal: createTerminal(process.env, () => process.exit()),
});
