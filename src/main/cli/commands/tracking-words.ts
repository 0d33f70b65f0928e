import type { TrackedAccountView, TrackingSettings, TrackingView } from '../../../shared/tracking-views.ts';
import type { Terminal } from '../terminal.ts';
import { relativeTime, size, table } from '../words.ts';

const number = (count: number) => count.toLocaleString('en');

/** How tracking stands, for people. @param now ms since the epoch */
export function trackingLines(
  { accounts, stored, waiting, webhooks }: TrackingView,
  settings: TrackingSettings,
  terminal: Terminal,
  now: number,
): string[] {
  const lastDelivery = webhooks.lastDeliveryAt === null ? 'none yet' : relativeTime(webhooks.lastDeliveryAt, now);
  return [
    ...(accounts.length === 0 ? ['No GitHub account is connected, so there is nothing to track.', ''] : []),
    ...accounts.flatMap((account) => [...accountLines(account, terminal, now), '']),
    terminal.bold('Stored here'),
    ...table([
      ['repositories', number(stored.repositories)],
      ['commits', number(stored.commits)],
      ['pull requests', number(stored.pullRequests)],
      ['events', number(stored.events)],
      ['database', size(stored.databaseBytes)],
      ['kept', settings.keepDays === null ? 'as long as there is room' : `for ${number(settings.keepDays)} days`],
      ['waiting for you', number(waiting)],
    ]),
    '',
    terminal.bold('Webhooks'),
    ...table([
      ['delivered to', webhooks.url],
      ['secret', webhooks.hasSecret ? 'kept in the vault' : 'none: see `trackeep tracking webhook-secret --new`'],
      ['last delivery', lastDelivery],
      ...(webhooks.channel === null ? [] : [['channel', `${webhooks.channelState}: ${webhooks.channel}`]]),
    ]),
  ];
}

function accountLines(account: TrackedAccountView, terminal: Terminal, now: number): string[] {
  const { login, host, budget, problem, syncedAt } = account;
  return [
    terminal.bold(`${login} on ${host}`),
    ...table([
      ['state', stateWords(account, now)],
      ['fetched', `${number(account.synced)} of ${number(account.repositories)} repositories`],
      ['up to date', syncedAt === null ? 'not yet' : relativeTime(syncedAt, now)],
      ...(budget === null ? [] : [['GitHub allows', budgetWords(budget, now)]]),
    ]),
    ...(problem === null ? [] : [`  ${terminal.red('✗')} ${problem.message} ${problem.remedy}`]),
  ];
}

function budgetWords({ limit, remaining, resetAt }: NonNullable<TrackedAccountView['budget']>, now: number): string {
  return `${number(remaining)} of ${number(limit)} more requests, until the count begins anew ${relativeTime(resetAt, now)}`;
}

function stateWords({ state, firstSyncDone, nextAt }: TrackedAccountView, now: number): string {
  const next = nextAt === null ? '' : `, goes on ${relativeTime(nextAt, now)}`;
  switch (state) {
    case 'waiting':
      return 'its turn comes';
    case 'listing':
      return 'finding out which repositories there are';
    case 'syncing':
      return firstSyncDone ? 'fetching what changed' : 'fetching everything for the first time';
    case 'current':
      return nextAt === null ? 'up to date' : `up to date, looks again ${relativeTime(nextAt, now)}`;
    case 'limited':
      return `waits for GitHub's limit${next}`;
    case 'paused':
      return 'paused: `trackeep tracking resume`';
    case 'problem':
      return `does not work${next}`;
  }
}
