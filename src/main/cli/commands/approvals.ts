import type { ApprovalView } from '../../../shared/client-views.ts';
import { DAY_MS, HOUR_MS } from '../../../shared/durations.ts';
import { AppError } from '../../core/errors.ts';
import { parseGoDuration } from '../../core/go-duration.ts';
import { iso } from '../../core/iso-time.ts';
import { observed, origin, scopeLines, spokenName } from '../client-words.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { usage } from '../parse.ts';
import { pickById, shortId } from '../pick-by-id.ts';
import { harmless, type Terminal } from '../terminal.ts';
import { relativeTime, table } from '../words.ts';

const ACTIONS = ['list', 'wait', 'approve', 'deny'] as const;
type Action = (typeof ACTIONS)[number];

export const approvals: Command = {
  name: 'approvals',
  summary: 'See, approve and deny what programs ask for',
  description: [
    'list shows the programs that wait for your word, and what they would be able to do; wait does the same, but not before there is one.',
    'approve needs the number that the program’s page in your browser shows: it says that this is the request you are looking at, and not another one beside it. No list ever holds the number. Two wrong ones deny the request, and so do five minutes without an answer.',
    'A name in quotation marks is what a program calls itself; anybody can take any name. Look at where the answer goes, and at when it registered.',
  ],
  arguments: [
    { name: 'ACTION', values: ACTIONS, text: 'What to do; list when left out.' },
    { name: 'ID', text: 'Which request: its ID, or a beginning that no other one has.' },
  ],
  options: [
    { name: 'number', value: 'NN', text: 'approve: the number on the page in the browser.' },
    {
      name: 'remember',
      value: 'TIME',
      text: 'approve: for how long the same request is not asked again, from 1h to 90d; else it is.',
    },
  ],
  examples: [
    'trackeep approvals',
    'trackeep approvals approve 7d1c2f6e --number 47',
    'trackeep approvals approve 7d1c2f6e --number 47 --remember 7d',
    'trackeep approvals deny 7d1c2f6e',
  ],

  run(invocation) {
    const { argument, option } = invocation;
    const action = (argument('ACTION') ?? 'list') as Action;
    for (const name of ['number', 'remember']) {
      if (action !== 'approve' && option(name) !== undefined) throw usage(`${action} takes no --${name}.`, approvals);
    }
    if (argument('ID') !== undefined && (action === 'list' || action === 'wait')) {
      throw usage(`${action} takes no ID.`, approvals);
    }
    return RUN[action](invocation);
  },
};

const RUN: Record<Action, (invocation: Invocation) => Promise<number>> = {
  list: async (invocation) => show(invocation, await invocation.call('approvals.list', {})),
  wait: async (invocation) => show(invocation, await nextOnes(invocation)),
  approve,
  deny: async (invocation) => {
    const { call, json, terminal } = invocation;
    const denied = await call('approvals.deny', { id: await idOf(invocation) });
    if (json) terminal.json(denied);
    else terminal.print(`Denied: ${spokenName(denied.client)} gets nothing.`);
    return EXIT.fine;
  },
};

async function approve(invocation: Invocation): Promise<number> {
  const { call, json, option, terminal, clock } = invocation;
  const number = numberGiven(option('number'));
  const rememberMs = timeGiven(option('remember'));
  const approved = await call('approvals.approve', { id: await idOf(invocation), number, rememberMs });
  if (json) terminal.json(approved);
  else {
    const until =
      rememberMs === null ? '' : ` Asked again ${relativeTime(iso(clock.now() + rememberMs), clock.now())}.`;
    terminal.print(
      `${terminal.green('●')} Approved: ${spokenName(approved.client)} may now`,
      ...scopeLines([...approved.held, ...approved.scopes], terminal, '  '),
      `at ${approved.resource}.${until}`,
    );
  }
  return EXIT.fine;
}

function numberGiven(text: string | undefined): number {
  if (text === undefined) throw usage('approve needs --number NN, the number on the page in the browser.', approvals);
  if (!/^[1-9]\d$/.test(text)) throw usage(`--number is the two digits on the page, not "${text}".`, approvals);
  return Number(text);
}

/** Whole days, or a duration as everywhere else. */
function timeGiven(text: string | undefined): number | null {
  if (text === undefined) return null;
  const days = /^(\d+)d$/.exec(text)?.[1];
  const ms = days === undefined ? parseGoDuration(text) : Number(days) * DAY_MS;
  if (ms !== null && ms >= HOUR_MS && ms <= 90 * DAY_MS) return ms;
  throw usage(`--remember is a time from 1h to 90d, such as 12h or 7d, not "${text}".`, approvals);
}

const UUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

async function idOf({ argument, call }: Invocation): Promise<string> {
  const text = argument('ID');
  if (text === undefined) throw usage(`${argument('ACTION')} needs an ID: see \`trackeep approvals\`.`, approvals);
  // Of one that is over already, the app knows how it ended.
  if (UUID.test(text)) return text;
  return pickById(await call('approvals.list', {}), text, 'waiting request').id;
}

/** What waits now or, when nothing does, as soon as something does. */
async function nextOnes({ app, json, terminal, call }: Invocation): Promise<ApprovalView[]> {
  const connection = await app();
  const { promise, resolve, reject } = Promise.withResolvers<ApprovalView[]>();
  const take = (views: ApprovalView[]) => {
    if (views.length > 0) resolve(json ? views : harmless(views));
  };
  connection.subscribe((event) => {
    if (event.event === 'approvals') take(event.data);
  });
  void connection.closed.then(() => reject(new AppError('app_not_running', 'Trackeep Tray stopped.')));
  call('approvals.list', {}).then(take, reject);
  if (!json) terminal.transient(terminal.dim('Waiting for a program to ask; Ctrl-C ends this …'));
  return promise;
}

function show({ json, terminal, clock }: Invocation, views: ApprovalView[]): number {
  const now = clock.now();
  const [first] = views;
  if (json) terminal.json(views);
  else if (first === undefined) terminal.print(`${terminal.green('●')} No program waits for your word.`);
  else {
    terminal.print(
      ...views.flatMap((view) => [...lines(view, terminal, now), '']),
      'To approve, add the number that the program’s page in your browser shows:',
      `  trackeep approvals approve ${shortId(first.id)} --number NN`,
    );
  }
  return EXIT.fine;
}

function lines(view: ApprovalView, terminal: Terminal, now: number): string[] {
  const { id, client, redirectHost, resource, scopes, held, process, requestedAt, expiresAt } = view;
  return [
    `${terminal.yellow('▲')} ${terminal.bold(shortId(id))}  ${terminal.bold(spokenName(client))} asks whether it may`,
    ...scopeLines(scopes, terminal),
    ...(held.length === 0 ? [] : ['  and still may', ...scopeLines(held, terminal)]),
    ...table([
      ['at', resource],
      ['answer goes to', redirectHost ?? 'the device that shows the code'],
      ['client', origin(client, now)],
      ['program', observed(process, now)],
      ['asked', `${relativeTime(requestedAt, now)}, over ${relativeTime(expiresAt, now)}`],
    ]),
  ];
}
