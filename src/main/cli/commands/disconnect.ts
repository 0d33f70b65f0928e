import { type Command, PROVIDER } from '../command.ts';
import { confirm } from '../confirm.ts';
import { EXIT } from '../exit-codes.ts';
import { pickConnection } from '../pick-connections.ts';

const HISTORY =
  'The history of its repositories that is kept on this machine is deleted, too, unless another account sees them.';

export const disconnect: Command = {
  name: 'disconnect',
  summary: 'Disconnect an account and revoke its token',
  description: [
    'Deletes the account and its token here, and revokes the token at the provider where that is possible; it says when it is not. Of a GitHub account, the history of its repositories that is kept on this machine is deleted, too.',
    'On a terminal you are asked first; without one, or with --yes, it is done at once.',
  ],
  arguments: [
    { ...PROVIDER, required: false },
    { name: 'ACCOUNT', text: 'Which account: its login, HOST/LOGIN, site or workspace, or its id.' },
  ],
  options: [
    {
      name: 'account',
      value: 'ACCOUNT',
      text: 'The same, where no provider is named. Needed only with several.',
    },
    { name: 'yes', text: 'Do not ask.' },
  ],
  examples: ['trackeep disconnect', 'trackeep disconnect jira acme', 'trackeep disconnect --account octocat --yes'],

  async run(invocation) {
    const { argument, call, option, json, terminal } = invocation;
    const platform = argument(PROVIDER.name);
    const all = await call('connections.list', {});
    const connection = pickConnection(
      platform === undefined ? all : all.filter((known) => known.platform === platform),
      argument('ACCOUNT') ?? option('account'),
    );
    const name = `${connection.login} on ${connection.organisation?.name ?? connection.host}`;
    const question = [
      `Disconnect ${terminal.bold(name)}?`,
      'Its token is deleted here and revoked at the provider; programs that use it stop working.',
      ...(connection.platform === 'github' && connection.kind === 'user' ? [HISTORY] : []),
    ];
    if (!(await confirm(question, invocation))) return EXIT.failed;
    const result = await call('connections.disconnect', { id: connection.id });
    if (json) terminal.json({ ...result, id: connection.id, login: connection.login, host: connection.host });
    else {
      terminal.print(`${name} is disconnected. ${result.message}`);
      if (result.manualUrl !== null) terminal.print(`Revoke it by hand: ${result.manualUrl}`);
    }
    return EXIT.fine;
  },
};
