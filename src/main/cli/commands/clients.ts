import type { ClientView, GrantView } from '../../../shared/client-views.ts';
import { observed, origin, scopeLines, spokenName } from '../client-words.ts';
import type { Command, Invocation } from '../command.ts';
import { confirm } from '../confirm.ts';
import { EXIT } from '../exit-codes.ts';
import { usage } from '../parse.ts';
import { pickById, shortId } from '../pick-by-id.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime, table, wrap } from '../words.ts';

const ACTIONS = ['list', 'revoke', 'remove', 'rotate-keys'] as const;
type Action = (typeof ACTIONS)[number];

export const clients: Command = {
  name: 'clients',
  summary: 'See which programs may do what, and take it back',
  description: [
    'list shows every program that registered, what you allowed it, and when it last used that.',
    'revoke ends everything that a program was allowed, or one grant of it; its tokens stop working at once. revoke --all does so for every program; on a terminal you are asked first. remove makes the app forget a program as well: to come back, it registers and asks anew.',
    'rotate-keys makes new keys to sign tokens with; those signed with the old ones stay good until they end.',
  ],
  arguments: [
    { name: 'ACTION', values: ACTIONS, text: 'What to do; list when left out.' },
    { name: 'ID', text: 'Which program: its ID, or a beginning that no other one has.' },
  ],
  options: [
    { name: 'grant', value: 'GRANT', text: 'revoke: only this grant; a beginning of its ID is enough.' },
    { name: 'all', text: 'revoke: every grant of every program.' },
    { name: 'yes', text: 'revoke --all: do not ask.' },
  ],
  examples: [
    'trackeep clients',
    'trackeep clients revoke dyn_4YfVYkq2n1',
    'trackeep clients revoke dyn_4Y --grant 8f12ab34',
    'trackeep clients revoke --all --yes',
  ],

  run(invocation) {
    const { argument, option, has } = invocation;
    const action = (argument('ACTION') ?? 'list') as Action;
    const refuse = (what: string) => {
      throw usage(`${action} takes no ${what}.`, clients);
    };
    if (action !== 'revoke') {
      if (option('grant') !== undefined) refuse('--grant');
      for (const name of ['all', 'yes']) if (has(name)) refuse(`--${name}`);
    }
    if (argument('ID') !== undefined && (action === 'list' || action === 'rotate-keys')) refuse('ID');
    return RUN[action](invocation);
  },
};

const RUN: Record<Action, (invocation: Invocation) => Promise<number>> = {
  list: async ({ call, json, terminal, clock }) => {
    const views = await call('clients.list', {});
    if (json) terminal.json(views);
    else if (views.length === 0) terminal.print('No program has registered yet.');
    else {
      const blocks = views.map((view) => lines(view, terminal, clock.now()));
      terminal.print(...blocks.flatMap((block, index) => (index === 0 ? block : ['', ...block])));
    }
    return EXIT.fine;
  },
  revoke: (invocation) => (invocation.has('all') ? revokeAll(invocation) : revoke(invocation)),
  remove: async (invocation) => {
    const { call, json, terminal } = invocation;
    const client = await clientOf(invocation);
    await call('clients.remove', { id: client.id });
    if (json) terminal.json({ id: client.id });
    else terminal.print(`${spokenName(client)} is forgotten, and what it was allowed has ended.`);
    return EXIT.fine;
  },
  'rotate-keys': async ({ call, json, terminal }) => {
    const result = await call('clients.rotateKeys', {});
    if (json) terminal.json(result);
    else {
      terminal.print(
        `There are new signing keys: ${result.keyIds.join(', ')}.`,
        'Tokens signed with the old ones stay good until they end.',
      );
    }
    return EXIT.fine;
  },
};

async function revoke(invocation: Invocation): Promise<number> {
  const { call, json, option, terminal } = invocation;
  const client = await clientOf(invocation);
  const wanted = option('grant');
  const grant = wanted === undefined ? null : pickById(client.grants, wanted, `grant of ${client.id}`);
  const left = await call('clients.revoke', { id: client.id, ...(grant ? { grantId: grant.id } : {}) });
  if (json) terminal.json(left);
  else {
    const what = grant
      ? `What ${spokenName(client)} was allowed at ${grant.resource}`
      : `What ${spokenName(client)} was allowed`;
    terminal.print(`${what} has ended; its tokens no longer work.`);
  }
  return EXIT.fine;
}

async function revokeAll(invocation: Invocation): Promise<number> {
  const { argument, call, json, option, terminal } = invocation;
  if (argument('ID') !== undefined || option('grant') !== undefined) {
    throw usage('Choose one of --all and what to revoke.', clients);
  }
  const question = [
    terminal.bold('Revoke everything that every program was allowed?'),
    'Their tokens stop working at once; each has to ask you again.',
  ];
  if (!(await confirm(question, invocation))) return EXIT.failed;
  const result = await call('clients.revokeAll', {});
  if (json) terminal.json(result);
  else
    terminal.print(
      `Ended: ${result.grants === 1 ? '1 grant' : `${result.grants} grants`}. No program may do anything now.`,
    );
  return EXIT.fine;
}

async function clientOf({ argument, call }: Invocation): Promise<ClientView> {
  const text = argument('ID');
  if (text === undefined) throw usage(`${argument('ACTION')} needs an ID: see \`trackeep clients\`.`, clients);
  return pickById(await call('clients.list', {}), text, 'program');
}

function lines(client: ClientView, terminal: Terminal, now: number): string[] {
  const { redirectHosts, lastUsedAt, process, forgottenAt, grants } = client;
  return [
    terminal.bold(spokenName(client)),
    ...table([
      ['client', origin(client, now)],
      ...(redirectHosts.length === 0 ? [] : [['answer goes to', redirectHosts.join(', ')]]),
      ['last used', lastUsedAt === null ? 'never' : relativeTime(lastUsedAt, now)],
      ['program', observed(process, now)],
      ...(forgottenAt === null ? [] : [['forgotten', `${relativeTime(forgottenAt, now)}, unless it is used`]]),
    ]),
    ...(grants.length === 0 ? ['  may do nothing'] : grants.flatMap((grant) => grantLines(grant, terminal, now))),
  ];
}

function grantLines(grant: GrantView, terminal: Terminal, now: number): string[] {
  const { id, resource, scopes, redirectHost, approvedAt, lastUsedAt, expiresAt, rememberedUntil } = grant;
  const times = [
    `approved ${relativeTime(approvedAt, now)}`,
    lastUsedAt === null ? 'not used yet' : `used ${relativeTime(lastUsedAt, now)}`,
    `ends ${relativeTime(expiresAt, now)}`,
    ...(rememberedUntil === null ? [] : [`asks again ${relativeTime(rememberedUntil, now)}`]),
  ];
  return [
    `  may at ${resource}${redirectHost === null ? '' : `, answering to ${redirectHost}`}`,
    ...scopeLines(scopes, terminal),
    ...wrap(`grant ${shortId(id)}: ${times.join(', ')}`, 80, '    ', '      ').map(terminal.dim),
  ];
}
