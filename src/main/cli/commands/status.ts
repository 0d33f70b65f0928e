import type { Overall, StatusView, VaultView } from '../../../shared/app-views.ts';
import { calendarDay } from '../../../shared/calendar-day.ts';
import type { ConnectionView } from '../../../shared/connection-views.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime, table } from '../words.ts';

export const status: Command = {
  name: 'status',
  summary: 'Show accounts, vault, updates and what needs you',
  description: [
    'Shows at a glance whether anything needs you, and how the parts of the running app are. Of each token it tells the kind, the age, whether it is fresh, and who used it last, but never the token.',
  ],
  examples: ['trackeep status', 'trackeep status --json'],

  async run({ call, json, terminal, clock }) {
    const view = await call('status.get', {});
    if (json) terminal.json(view);
    else terminal.print(...lines(view, terminal, clock.now()));
    return EXIT.fine;
  },
};

/** A word and a shape; the colour only repeats them. */
const OVERALL: Record<Overall, { shape: string; word: string; paint: 'green' | 'yellow' | 'bold' }> = {
  ok: { shape: '●', word: 'All good', paint: 'green' },
  busy: { shape: '◌', word: 'Busy', paint: 'bold' },
  needs_you: { shape: '▲', word: 'Needs you', paint: 'yellow' },
  update: { shape: '↑', word: 'Update available', paint: 'bold' },
};

/** What a connection's state is called. */
const CONNECTION_STATES: Record<ConnectionView['state'], string> = {
  ok: '● works',
  refreshing: '◌ refreshing',
  paused: '◌ paused',
  unreachable: '○ unreachable',
  needs_reconnect: '▲ needs you to sign in again',
  vault_closed: '▲ waits for the vault',
};

/** An app installation's token lives an hour and is made anew well before: one this old tells that it could not be. */
const STALE_AFTER_MS = 55 * 60_000;

const VAULT_STATES: Record<VaultView['state'], string> = {
  open: '● open',
  locked: '▲ locked',
  missing: '▲ key missing',
  denied: '▲ access denied',
  unavailable: '▲ unavailable',
};

function lines(view: StatusView, terminal: Terminal, now: number): string[] {
  const { bold, dim } = terminal;
  const { shape, word, paint } = OVERALL[view.overall];
  const { app, updates, vault } = view;
  return [
    terminal[paint](`${shape} ${word}`),
    ...view.attention.map(({ text }) => `  ${text}`),
    ...waitingLine(view.tracking.waiting),
    '',
    bold('Accounts'),
    ...(view.connections.length === 0
      ? [dim('  None yet: trackeep connect github')]
      : accounts(view.connections, terminal, now)),
    '',
    bold('Updates'),
    ...table([
      ['Trackeep', updates.currentVersion ?? 'version not known'],
      ['Newest', updates.latestVersion ?? 'not known'],
      ['Checked', checked(updates, now)],
    ]),
    '',
    bold('App'),
    ...table([
      [
        'Version',
        `${app.version}, ${app.host}${app.demo ? ', demo' : ''}, started ${relativeTime(app.startedAt, now)}`,
      ],
      ['Vault', `${VAULT_STATES[vault.state]}, ${vault.backend}`],
      ['Issuer', view.issuer.address],
      ['MCP server', view.issuer.mcp],
      ['Data', app.dataDir],
    ]),
    ...(vault.problem === null ? [] : ['', `  ${vault.problem.message}`, `  ${vault.problem.remedy}`]),
  ];
}

function waitingLine(waiting: number): string[] {
  if (waiting === 0) return [];
  return [`  ${waiting === 1 ? '1 pull request waits' : `${waiting} pull requests wait`} for you: trackeep pulls`];
}

/** Two lines for each: the account, and its token. */
function accounts(connections: readonly ConnectionView[], { dim }: Terminal, now: number): string[] {
  const names = table(
    connections.map((connection) => [
      connection.login,
      connection.kind === 'app_installation'
        ? `${connection.host}, app installation`
        : (connection.organisation?.name ?? connection.host),
      stateWords(connection, now),
    ]),
  );
  return connections.flatMap((connection, index) => [
    names[index] ?? '',
    dim(`    ${tokenWords(connection, now)}; ${useWords(connection, now)}`),
  ]);
}

function stateWords({ state, pausedUntil, signInEndsAt }: ConnectionView, now: number): string {
  return [
    CONNECTION_STATES[state],
    ...(pausedUntil === null ? [] : [`goes on ${relativeTime(pausedUntil, now)}`]),
    ...(signInEndsAt === null ? [] : [`sign in again by ${calendarDay(signInEndsAt)}`]),
  ].join(', ');
}

function tokenWords({ kind, tokenPrefix, tokenSince, accessExpiresAt }: ConnectionView, now: number): string {
  if (tokenSince === null) return 'no token yet';
  const expired = accessExpiresAt !== null && Date.parse(accessExpiresAt) <= now;
  const stale = kind === 'app_installation' && now - Date.parse(tokenSince) >= STALE_AFTER_MS;
  return [
    `${tokenPrefix ?? 'token'} ${expired ? 'expired' : stale ? 'stale' : 'fresh'}`,
    `issued ${relativeTime(tokenSince, now)}`,
    accessExpiresAt === null
      ? 'does not expire'
      : `${expired ? 'expired' : 'expires'} ${relativeTime(accessExpiresAt, now)}`,
  ].join(', ');
}

function useWords({ lastUsedAt, lastUsedBy }: ConnectionView, now: number): string {
  if (lastUsedAt === null) return 'not used yet';
  return `used ${relativeTime(lastUsedAt, now)}${lastUsedBy === null ? '' : ` by ${lastUsedBy}`}`;
}

function checked({ checkedAt, nextCheckAt }: StatusView['updates'], now: number): string {
  const last = checkedAt === null ? 'not yet' : relativeTime(checkedAt, now);
  return nextCheckAt === null ? last : `${last}, next ${relativeTime(nextCheckAt, now)}`;
}
