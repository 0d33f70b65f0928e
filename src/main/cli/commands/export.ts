import { resolve } from 'node:path';
import type { ConnectionView, ExportView } from '../../../shared/connection-views.ts';
import { AppError } from '../../core/errors.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { pickConnection } from '../pick-connections.ts';
import { relativeTime, table } from '../words.ts';

const SEE_LIST = 'See `trackeep export` for what is kept.';

export const exportCommand: Command = {
  name: 'export',
  summary: 'Keep a token current in a file, or in the GitHub CLI',
  description: [
    'For tools that cannot ask for a token themselves. The file can be read by your user only, and is written anew whenever the token changes; disconnecting the account, or --remove, takes it away. A token in a file is less safe than one in the vault: every program of yours can read it.',
    'Without a target, lists what is kept.',
  ],
  options: [
    // Not env-file: Node takes that for itself, wherever it stands.
    { name: 'file', value: 'FILE', text: 'A file with GH_TOKEN and GITHUB_TOKEN.' },
    { name: 'gh', text: 'The GitHub CLI, by gh auth login --with-token.' },
    { name: 'account', value: 'ACCOUNT', text: 'Which account: login, HOST/LOGIN or id. Needed only with several.' },
    { name: 'remove', text: 'Take it away again.' },
  ],
  examples: [
    'trackeep export --file ~/.config/agent/github.env',
    'trackeep export --gh --account octocat',
    'trackeep export --gh --remove',
  ],

  async run(invocation) {
    const { call, has, option, json, terminal } = invocation;
    const file = option('file');
    if (file !== undefined && has('gh')) throw new AppError('bad_input', 'Choose --file or --gh, not both.');
    if (file === undefined && !has('gh')) {
      if (!has('remove')) return list(invocation);
      throw new AppError('bad_input', 'Say what to take away: --file FILE or --gh.');
    }
    const path = file === undefined ? null : resolve(file);
    const to = path === null ? 'gh' : 'env_file';
    const ofGitHub = (await call('connections.list', {})).filter(({ platform }) => platform === 'github');
    if (has('remove')) {
      await remove({ to, path }, ofGitHub, invocation);
      return EXIT.fine;
    }
    const { id, login } = pickConnection(ofGitHub, option('account'));
    const made = await call('exports.add', { connectionId: id, to, path });
    if (json) terminal.json(made);
    else terminal.print(`The token of ${login} is kept current in ${made.path ?? 'the GitHub CLI'}.`);
    return EXIT.fine;
  },
};

async function remove(
  { to, path }: Pick<ExportView, 'to' | 'path'>,
  ofGitHub: readonly ConnectionView[],
  { call, json, option, terminal }: Invocation,
): Promise<void> {
  const kept = (await call('exports.list', {})).filter((one) => one.to === to && one.path === path);
  if (kept.length === 0) throw new AppError('not_found', 'No token of ours is kept there.', { remedy: SEE_LIST });
  const holders = ofGitHub.filter(({ id }) => kept.some(({ connectionId }) => connectionId === id));
  const { id } = pickConnection(holders, option('account'));
  await call('exports.remove', { connectionId: id, to });
  if (json) terminal.json({});
  else terminal.print(`The token is no longer kept in ${path ?? 'the GitHub CLI'}.`);
}

async function list({ call, clock, json, terminal }: Invocation): Promise<number> {
  const kept = await call('exports.list', {});
  if (json) terminal.json(kept);
  else if (kept.length === 0) terminal.print('No token is kept outside the vault.');
  else {
    const names = new Map((await call('connections.list', {})).map(({ id, host, login }) => [id, `${host}/${login}`]));
    terminal.print(
      ...table(
        kept.map(({ connectionId, path, writtenAt, problem }) => [
          names.get(connectionId) ?? connectionId,
          path ?? 'GitHub CLI',
          writtenAt === null ? 'not written yet' : `written ${relativeTime(writtenAt, clock.now())}`,
          problem === null ? '' : `▲ ${problem.message}`,
        ]),
      ),
    );
  }
  return EXIT.fine;
}
