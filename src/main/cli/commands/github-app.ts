import { readFileSync, rmSync } from 'node:fs';
import type { GitHubAppView } from '../../../shared/connection-views.ts';
import { AppError } from '../../core/errors.ts';
import type { Command, Invocation } from '../command.ts';
import { confirm } from '../confirm.ts';
import { EXIT } from '../exit-codes.ts';
import { openInBrowser } from '../open-in-browser.ts';
import { usage } from '../parse.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime, table } from '../words.ts';

const ACTIONS = ['list', 'create', 'import', 'sync', 'remove'] as const;
type Action = (typeof ACTIONS)[number];

/** Which options an action takes; all of them are its own. */
const OPTIONS_OF: Record<Action, readonly string[]> = {
  list: [],
  create: ['organisation', 'no-open'],
  import: ['app-id', 'key', 'delete-key', 'keep-key'],
  sync: [],
  remove: ['yes'],
};

export const githubApp: Command = {
  name: 'github-app',
  summary: 'Make or import GitHub Apps of your own',
  description: [
    'create prints an address of a page that takes you to GitHub, where you confirm the new app; its keys go straight into the vault. import takes over an app that you have, by its number and a private key (.pem) that you made in its settings at GitHub; the file is then no longer needed, and you are asked whether to delete it.',
    'sync asks GitHub where an app is installed: each installation becomes a connection, and those that are gone, go. remove forgets an app with its key and its connections; at GitHub, you delete it yourself.',
  ],
  arguments: [
    { name: 'ACTION', values: ACTIONS, text: 'What to do; list when left out.' },
    { name: 'APP', text: 'create: a name for it. sync, remove: its number or its short name.' },
  ],
  options: [
    { name: 'organisation', value: 'ORG', text: 'create: the organisation that shall own it; else it is yours.' },
    { name: 'no-open', text: 'create: open no browser, only print the address.' },
    { name: 'app-id', value: 'N', text: 'import: its number, as its settings at GitHub show it.' },
    { name: 'key', value: 'FILE', text: 'import: the file with its private key.' },
    { name: 'delete-key', text: 'import: delete the file afterwards, without asking.' },
    { name: 'keep-key', text: 'import: keep the file, without asking.' },
    { name: 'yes', text: 'remove: do not ask.' },
  ],
  examples: [
    'trackeep github-app create "My agents" --organisation octo-org',
    'trackeep github-app import --app-id 123456 --key my-agents.pem',
    'trackeep github-app sync my-agents',
  ],

  run(invocation) {
    const { argument, option, has } = invocation;
    const action = (argument('ACTION') ?? 'list') as Action;
    for (const { name, value } of githubApp.options ?? []) {
      const given = value === undefined ? has(name) : option(name) !== undefined;
      if (given && !OPTIONS_OF[action].includes(name)) throw usage(`${action} takes no --${name}.`, githubApp);
    }
    if (argument('APP') !== undefined && (action === 'list' || action === 'import')) {
      throw usage(`${action} takes no APP.`, githubApp);
    }
    return RUN[action](invocation);
  },
};

const RUN: Record<Action, (invocation: Invocation) => Promise<number>> = {
  list: async ({ call, json, terminal, clock }) => {
    const apps = await call('githubApps.list', {});
    if (json) terminal.json(apps);
    else if (apps.length === 0) terminal.print('There is no GitHub App yet.');
    else {
      const blocks = apps.map((app) => lines(app, terminal, clock.now()));
      terminal.print(...blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block])));
    }
    return EXIT.fine;
  },

  create: async (invocation) => {
    const { argument, call, has, json, option, terminal } = invocation;
    const name = argument('APP');
    if (name === undefined) throw usage('create needs a name for the app.', githubApp);
    const { url } = await call('githubApps.create', { name, organisation: option('organisation') ?? null });
    if (json) {
      terminal.json({ url });
      return EXIT.fine;
    }
    terminal.print('Make the app on this page, in a browser on this machine:', url);
    if (terminal.interactive && !has('no-open') && (await openInBrowser(url, process.env))) {
      terminal.print(terminal.dim('Your browser should show it now.'));
    }
    return EXIT.fine;
  },

  import: async (invocation) => {
    const { call, json, option, terminal, clock } = invocation;
    const [appId, file] = [option('app-id'), option('key')];
    if (appId === undefined || file === undefined) throw usage('import needs --app-id and --key.', githubApp);
    if (invocation.has('delete-key') && invocation.has('keep-key')) {
      throw usage('Choose one of --delete-key and --keep-key.', githubApp);
    }
    const app = await call('githubApps.import', { appId, privateKey: readKey(file) });
    if (json) terminal.json(app);
    else terminal.print(...lines(app, terminal, clock.now()));
    await offerDeletion(file, invocation);
    return EXIT.fine;
  },

  sync: async (invocation) => {
    const { call, json, terminal, clock } = invocation;
    const app = await call('githubApps.sync', { id: (await appOf(invocation)).id });
    if (json) terminal.json(app);
    else terminal.print(...lines(app, terminal, clock.now()));
    return EXIT.fine;
  },

  remove: async (invocation) => {
    const { call, json, terminal } = invocation;
    const { id, name, connectionIds } = await appOf(invocation);
    const question = [
      terminal.bold(`Forget the app ${name}?`),
      `Its key is deleted here, and ${count(connectionIds.length, 'connection')} with it. It stays at GitHub.`,
    ];
    if (!(await confirm(question, invocation))) return EXIT.failed;
    await call('githubApps.remove', { id });
    if (json) terminal.json({ id });
    else terminal.print(`${name} is forgotten. At GitHub, delete it in its settings.`);
    return EXIT.fine;
  },
};

async function appOf({ argument, call }: Invocation): Promise<GitHubAppView> {
  const wanted = argument('APP');
  if (wanted === undefined) throw usage(`${argument('ACTION')} needs an APP: see \`trackeep github-app\`.`, githubApp);
  const app = (await call('githubApps.list', {})).find(({ id, slug }) => id === wanted || slug === wanted);
  if (!app) {
    throw new AppError('not_found', `There is no GitHub App called ${wanted}.`, {
      remedy: 'See `trackeep github-app` for those that are there.',
    });
  }
  return app;
}

function readKey(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown';
    throw new AppError('bad_input', `${file} cannot be read (${reason}).`, { cause: error });
  }
}

/** The vault has the key now: a copy of it in a downloads folder is only one more thing to lose. */
async function offerDeletion(file: string, invocation: Invocation): Promise<void> {
  const { has, json, terminal } = invocation;
  if (has('keep-key')) return;
  const asked = terminal.interactive && !json;
  const question = [`The key is in the vault now. Delete ${file}?`];
  const wanted = has('delete-key') || (asked && (await confirm(question, invocation)));
  if (!wanted) {
    if (!asked && !json) terminal.print(`The key is in the vault now; ${file} is no longer needed.`);
    return;
  }
  rmSync(file);
  if (!json) terminal.print(`${file} is deleted.`);
}

function lines(app: GitHubAppView, terminal: Terminal, now: number): string[] {
  const { id, host, name, slug, owner, url, installUrl, addedAt, connectionIds, problem } = app;
  return [
    terminal.bold(name),
    ...table([
      ['number', slug === '' ? id : `${id} (${slug})`],
      ['at', owner === null ? host : `${host}, of ${owner}`],
      ['added', relativeTime(addedAt, now)],
      ['installed in', connectionIds.length === 0 ? 'nothing yet' : count(connectionIds.length, 'account')],
      ['its page', url],
      ['install it', installUrl],
    ]),
    ...(problem === null ? [] : [`  ${terminal.red('✗')} ${problem.message} ${problem.remedy}`]),
  ];
}

function count(number: number, thing: string): string {
  return number === 1 ? `1 ${thing}` : `${number} ${thing}s`;
}
