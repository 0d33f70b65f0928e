import type { ConnectionView, Overall, StatusView, VaultView } from '../../../shared/views.ts';
import type { Command } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime, table } from '../words.ts';

export const status: Command = {
  name: 'status',
  summary: 'Show accounts, vault, updates and what needs you',
  description: ['Shows at a glance whether anything needs you, and how the parts of the running app are.'],
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
    '',
    bold('Accounts'),
    ...(view.connections.length === 0 ? [dim('  None yet: trackeep connect github')] : accounts(view.connections, now)),
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

function accounts(connections: readonly ConnectionView[], now: number): string[] {
  return table(
    connections.map(({ login, host, state, lastUsedAt, pausedUntil }) => [
      login,
      host,
      pausedUntil === null
        ? CONNECTION_STATES[state]
        : `${CONNECTION_STATES[state]}, goes on ${relativeTime(pausedUntil, now)}`,
      lastUsedAt === null ? 'not used yet' : `used ${relativeTime(lastUsedAt, now)}`,
    ]),
  );
}

function checked({ checkedAt, nextCheckAt }: StatusView['updates'], now: number): string {
  const last = checkedAt === null ? 'not yet' : relativeTime(checkedAt, now);
  return nextCheckAt === null ? last : `${last}, next ${relativeTime(nextCheckAt, now)}`;
}
