import { open } from 'node:fs/promises';
import { AppError } from '../../core/errors.ts';
import type { Command, Invocation, Option } from '../command.ts';
import { confirm } from '../confirm.ts';
import { EXIT } from '../exit-codes.ts';
import { usage } from '../parse.ts';
import { pickConnection } from '../pick-connections.ts';
import { readLine } from '../standard-input.ts';
import { trackingLines } from './tracking-words.ts';

const ACTIONS = ['status', 'refresh', 'pause', 'resume', 'forget', 'webhook-secret', 'export'] as const;
type Action = (typeof ACTIONS)[number];

const WHAT = ['repositories', 'commits', 'pull_requests', 'branches', 'releases', 'events', 'days'] as const;
const FORMATS = ['json', 'csv'] as const;

/** Which options an action takes; all of them are its own. */
const OPTIONS_OF: Record<Action, readonly string[]> = {
  status: [],
  refresh: [],
  pause: [],
  resume: [],
  forget: ['yes'],
  'webhook-secret': ['new', 'set', 'forget', 'yes'],
  export: ['what', 'format', 'file'],
};

const options: readonly Option[] = [
  { name: 'new', text: 'webhook-secret: make a new one, and show it this once.' },
  { name: 'set', text: 'webhook-secret: take the first line of standard input for it.' },
  { name: 'forget', text: 'webhook-secret: forget it.' },
  { name: 'what', value: 'WHAT', values: WHAT, text: 'export: what to write.' },
  { name: 'format', value: 'FORMAT', values: FORMATS, text: 'export: as JSON or CSV; JSON when left out.' },
  { name: 'file', value: 'FILE', text: 'export: a new file; else it goes to standard output.' },
  { name: 'yes', text: 'forget, webhook-secret: do not ask.' },
];

export const tracking: Command = {
  name: 'tracking',
  summary: 'Your repositories: how they stand, pause, export',
  description: [
    'Trackeep Tray keeps commits, pull requests, branches and releases of your repositories in a database on this machine. status shows how far it has come, refresh looks now, pause and resume are what they say. Which repositories are tracked, and for how long what happened is kept, are settings: see `trackeep settings --help`.',
    'forget deletes everything that was tracked through an account. It is fetched again as long as the account is connected: pause first, or disconnect it.',
    'webhook-secret is for webhooks, by which a change is noticed at once. export writes all rows of one kind.',
  ],
  arguments: [
    { name: 'ACTION', values: ACTIONS, text: 'What to do; status when left out.' },
    { name: 'ACCOUNT', text: 'forget: which account, by its login, HOST/LOGIN or id.' },
  ],
  options,
  examples: [
    'trackeep tracking',
    'trackeep tracking webhook-secret --new',
    'trackeep tracking export --what commits --format csv --file commits.csv',
    'trackeep tracking forget octocat',
  ],

  run(invocation) {
    const { argument, option, has } = invocation;
    const action = (argument('ACTION') ?? 'status') as Action;
    for (const { name, value } of options) {
      const given = value === undefined ? has(name) : option(name) !== undefined;
      if (given && !OPTIONS_OF[action].includes(name)) throw usage(`${action} takes no --${name}.`, tracking);
    }
    if (argument('ACCOUNT') !== undefined && action !== 'forget') throw usage(`${action} takes no ACCOUNT.`, tracking);
    return RUN[action](invocation);
  },
};

async function status({ call, json, terminal, clock }: Invocation): Promise<number> {
  const view = await call('tracking.get', {});
  if (json) terminal.json(view);
  else terminal.print(...trackingLines(view, (await call('settings.get', {})).tracking, terminal, clock.now()));
  return EXIT.fine;
}

async function setPaused(paused: boolean, { call, json, terminal }: Invocation): Promise<number> {
  await call('settings.set', { tracking: { paused } });
  if (json) terminal.json({ paused });
  else if (paused) terminal.print('Nothing is fetched until you resume. What has come is kept.');
  else terminal.print('Tracking goes on.');
  return EXIT.fine;
}

const RUN: Record<Action, (invocation: Invocation) => Promise<number>> = {
  status,

  refresh: async ({ call, json, terminal }) => {
    const view = await call('tracking.refresh', {});
    if (json) terminal.json(view);
    else if (view.accounts.length === 0) terminal.print('There is no GitHub account to look at.');
    else terminal.print('Trackeep Tray looks now. See `trackeep tracking` for how far it has come.');
    return EXIT.fine;
  },

  pause: (invocation) => setPaused(true, invocation),
  resume: (invocation) => setPaused(false, invocation),

  forget: async (invocation) => {
    const { argument, call, json, terminal } = invocation;
    const wanted = argument('ACCOUNT');
    if (wanted === undefined) throw usage('forget needs an ACCOUNT.', tracking);
    const all = await call('connections.list', {});
    const accounts = all.filter(({ platform, kind }) => platform === 'github' && kind === 'user');
    const { id, login, host } = pickConnection(accounts, wanted);
    const { tracking: settings } = await call('settings.get', {});
    const question = [
      terminal.bold(`Forget what was tracked through ${login} on ${host}?`),
      'Its repositories with their commits, pull requests, releases, the whole timeline, the daily numbers and the contributions are deleted on this machine, unless another account sees them, too. Nothing changes at GitHub.',
      settings.paused
        ? 'Tracking is paused: nothing of it is fetched again before you resume.'
        : 'The account stays connected: what GitHub still has is fetched again. How stars and other numbers changed is lost for good.',
    ];
    if (!(await confirm(question, invocation))) return EXIT.failed;
    await call('tracking.forget', { connectionId: id });
    if (json) terminal.json({ id, login, host });
    else terminal.print(`What was tracked through ${login} is deleted.`);
    return EXIT.fine;
  },

  'webhook-secret': async (invocation) => {
    const { call, has, json, terminal } = invocation;
    const chosen = ['new', 'set', 'forget'].filter(has);
    if (chosen.length > 1) throw usage('Choose one of --new, --set and --forget.', tracking);
    if (chosen.length === 0) {
      const { webhooks } = await call('tracking.get', {});
      if (json) terminal.json(webhooks);
      else {
        const known = 'There is a secret for webhooks, which is not shown again. --new makes another one.';
        terminal.print(webhooks.hasSecret ? known : 'There is no secret for webhooks yet: --new makes one.');
      }
      return EXIT.fine;
    }
    if (has('forget')) {
      const question = [
        terminal.bold('Forget the secret?'),
        'Webhooks that are signed with it are refused from now on.',
      ];
      if (!(await confirm(question, invocation))) return EXIT.failed;
    }
    const input = has('new') ? {} : { secret: has('forget') ? null : await readLine() };
    const { secret } = await call('tracking.webhookSecret', input);
    if (json) terminal.json({ secret: has('new') ? secret : undefined, hasSecret: secret !== null });
    else if (has('new')) {
      if (secret !== null) terminal.print(secret);
      terminal.warn('Give this to the webhook at GitHub. It is not shown again.');
    } else terminal.print(has('forget') ? 'The secret is forgotten.' : 'The secret is kept.');
    return EXIT.fine;
  },

  export: async (invocation) => {
    const { option, json, terminal } = invocation;
    const what = option('what') as (typeof WHAT)[number] | undefined;
    const format = (option('format') ?? 'json') as (typeof FORMATS)[number];
    if (what === undefined) throw usage(`export needs --what, one of ${WHAT.join(', ')}.`, tracking);
    const path = option('file');
    if (path === undefined) {
      if (json) throw usage('With --json, export needs a --file.', tracking);
      // A terminal takes orders from what is written to it, and these texts are by others.
      const shown = (text: string) => (terminal.live ? text.replace(/[^\P{Cc}\n\t]/gu, '\ufffd') : text);
      for await (const text of pieces(what, format, invocation)) await terminal.write(shown(text));
      return EXIT.fine;
    }
    let bytes = 0;
    const file = await create(path);
    try {
      for await (const text of pieces(what, format, invocation)) {
        const piece = Buffer.from(text);
        await file.writeFile(piece);
        bytes += piece.length;
      }
    } finally {
      await file.close();
    }
    if (json) terminal.json({ file: path, what, format, bytes });
    else terminal.print(`${path} is written.`);
    return EXIT.fine;
  },
};

/** Past `call`, which takes line ends out of what it hands on: these texts are a file. */
async function* pieces(
  what: (typeof WHAT)[number],
  format: (typeof FORMATS)[number],
  { app }: Pick<Invocation, 'app'>,
): AsyncGenerator<string> {
  const { call } = await app();
  let cursor: string | null = null;
  do {
    const piece: { text: string; nextCursor: string | null } = await call('tracking.export', {
      ...{ what, format },
      ...(cursor === null ? {} : { cursor }),
    });
    yield piece.text;
    cursor = piece.nextCursor;
  } while (cursor !== null);
}

/** For this user only: the names of private repositories are in it. A file that is there already is not written over. */
async function create(path: string) {
  try {
    return await open(path, 'wx', 0o600);
  } catch (error) {
    const { code = 'unknown' } = error as NodeJS.ErrnoException;
    const reason = code === 'EEXIST' ? 'it is there already' : code;
    throw new AppError('bad_input', `${path} cannot be written (${reason}).`, { remedy: 'Name another file.' });
  }
}
