import { type Command, PROVIDER, platformOf } from '../command.ts';
import { EXIT } from '../exit-codes.ts';

export const token: Command = {
  name: 'token',
  summary: 'Print a working token of a connected account',
  description: [
    'Prints the token and nothing else, refreshed first where it must be, for scripts and tools of your own: it never passes through the window or the web UI.',
    'With several accounts, name one with --account.',
  ],
  arguments: [PROVIDER],
  options: [
    { name: 'account', value: 'LOGIN', text: 'Which account: its login, HOST/LOGIN, or its site or workspace.' },
  ],
  examples: [
    'GH_TOKEN=$(trackeep token github) gh api user',
    'trackeep token github --account octocat --json',
    'trackeep token jira --account acme',
  ],

  async run(invocation) {
    const { app, option, json, terminal } = invocation;
    const account = option('account');
    // Not by way of `call`, which replaces control characters: a token is handed on as it is.
    const connection = await app();
    const found = await connection.call('tokens.get', {
      platform: platformOf(invocation),
      ...(account ? { account } : {}),
    });
    if (json) terminal.json(found);
    else terminal.print(found.token);
    return EXIT.fine;
  },
};
