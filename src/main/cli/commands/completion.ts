import type { Command } from '../command.ts';
import { completionScript, SHELLS, type Shell } from '../completion.ts';
import { EXIT } from '../exit-codes.ts';

export const completion: Command = {
  name: 'completion',
  summary: 'Print the completions for your shell',
  description: ['Prints a script that teaches your shell the commands, their options and their values.'],
  arguments: [{ name: 'SHELL', required: true, values: SHELLS, text: 'Your shell.' }],
  examples: ['source <(trackeep completion bash)', 'trackeep completion fish | source'],

  async run({ argument, commands, terminal }) {
    terminal.print(completionScript(argument('SHELL') as Shell, commands).trimEnd());
    return EXIT.fine;
  },
};
