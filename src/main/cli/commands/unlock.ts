import { fromErrorView } from '../../core/errors.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { readLine } from '../standard-input.ts';

export const unlock: Command = {
  name: 'unlock',
  summary: 'Try again to open the vault',
  description: [
    'Asks the keychain again after you have unlocked it. A vault that is protected by a passphrase is opened with the one on standard input.',
  ],
  options: [{ name: 'passphrase-stdin', text: 'Read the passphrase from standard input.' }],
  examples: ['trackeep unlock', 'pass show trackeep | trackeep unlock --passphrase-stdin'],

  async run({ call, has, json, terminal }) {
    const passphrase = has('passphrase-stdin') ? await readLine() : null;
    const view = await call('vault.unlock', passphrase === null ? {} : { passphrase });
    if (view.state !== 'open' && view.problem) throw fromErrorView(view.problem);
    if (json) terminal.json(view);
    else terminal.print(`● The vault is open: ${view.backend}.`);
    return EXIT.fine;
  },
};
