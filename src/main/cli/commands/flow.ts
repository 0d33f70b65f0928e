import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { wrap } from '../words.ts';

const WIDTH = 80;

/** How tokens come about and stay fresh, for people who want to know before they trust. */
const STEPS: readonly (readonly [title: string, text: string])[] = [
  ['Sign in', 'Once for each account: by a code that you type at the provider, or through your browser and back.'],
  [
    'Keep',
    'Tokens rest in the vault, encrypted under a key in the keychain of your system; never in a file of their own.',
  ],
  [
    'Renew',
    'A token that expires is renewed ten minutes before, in the background, once however many ask for it. Tokens of GitHub App installations live an hour and are made anew from the app’s key when a quarter of it is left.',
  ],
  [
    'Hand out',
    'To your own programs by `trackeep token` and `trackeep git-credential`; to others through the issuer, after you allowed each. Every hand-out stands in the audit log: who, for what, until when.',
  ],
  [
    'Trouble',
    'What fails for passing reasons is tried again, later each time. Only the provider’s own word ends an account; then it says that it needs you, once.',
  ],
  [
    'End',
    '`trackeep disconnect` deletes the token here, revokes it at the provider where that can be done, and takes exports away.',
  ],
];

export const flow: Command = {
  name: 'flow',
  summary: 'Explain how tokens come about and stay fresh',
  description: [
    'Explains the life of a token, from the sign-in to its end. Changes nothing, and needs no running app.',
  ],

  async run({ json, terminal }) {
    if (json) terminal.json(STEPS.map(([title, text]) => ({ title, text })));
    else for (const [title, text] of STEPS) terminal.print(terminal.bold(title), ...wrap(text, WIDTH, '  '));
    return EXIT.fine;
  },
};
