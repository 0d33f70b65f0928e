import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { manual, overview } from '../help.ts';
import { usage } from '../parse.ts';

export const help: Command = {
  name: 'help',
  summary: 'Show how a command is used',
  description: ['Without a name, lists all commands.'],
  arguments: [{ name: 'COMMAND', text: 'Which command.' }],
  examples: ['trackeep help connect'],

  async run({ argument, commands, terminal }) {
    const name = argument('COMMAND');
    const command = commands.find((candidate) => candidate.name === name);
    if (name !== undefined && command === undefined) throw usage(`There is no command "${name}".`);
    terminal.print(...(command === undefined ? overview(commands, terminal) : manual(command, terminal)));
    return EXIT.fine;
  },
};
