import type { ConnectionView } from '../../../shared/views.ts';
import { AppError } from '../../core/errors.ts';
import { type Command, PROVIDER } from '../command.ts';
import { confirm } from '../confirm.ts';
import { EXIT } from '../exit-codes.ts';

export const disconnect: Command = {
  name: 'disconnect',
  summary: 'Disconnect an account and revoke its token',
  description: [
    'Deletes the account and its token here, and revokes the token at the provider where that is possible; it says when it is not.',
    'On a terminal you are asked first; without one, or with --yes, it is done at once.',
  ],
  arguments: [{ ...PROVIDER, required: false }],
  options: [
    {
      name: 'account',
      value: 'ACCOUNT',
      text: 'Which account: its login, HOST/LOGIN, or its id. Needed only with several.',
    },
    { name: 'yes', text: 'Do not ask.' },
  ],
  examples: ['trackeep disconnect', 'trackeep disconnect github --account octocat --yes'],

  async run(invocation) {
    const { call, option, json, terminal } = invocation;
    const connection = choose(await call('connections.list', {}), option('account'));
    const name = `${connection.login} on ${connection.host}`;
    const question = [
      `Disconnect ${terminal.bold(name)}?`,
      'Its token is deleted here and revoked at the provider; programs that use it stop working.',
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

/** @throws AppError `not_connected`, or `account_ambiguous` naming the accounts there are */
function choose(connections: readonly ConnectionView[], account: string | undefined): ConnectionView {
  const wanted = account?.toLowerCase();
  const matching = connections.filter(
    ({ id, login, host }) =>
      wanted === undefined || [id, login, `${host}/${login}`].some((name) => name.toLowerCase() === wanted),
  );
  const [only, ...others] = matching;
  if (only === undefined) {
    const message = account === undefined ? 'No account is connected.' : `No account "${account}" is connected.`;
    throw new AppError('not_connected', message, { remedy: 'See `trackeep status` for the accounts there are.' });
  }
  if (others.length > 0) {
    const names = matching.map(({ login, host }) => `${host}/${login}`).join(', ');
    throw new AppError('account_ambiguous', `Several accounts are connected: ${names}.`);
  }
  return only;
}
