import type { Overall, StatusView } from '../../shared/app-views.ts';
import type { ConnectionView } from '../../shared/connection-views.ts';
import type { SettingsView } from '../../shared/settings-views.ts';
import { APP_NAME } from './names.ts';
import type { Page } from './window.ts';

/** What a click in the tray's menu asks for. */
export type TrayCommand =
  | { do: 'open'; page: Page | null }
  /** A page at a provider, in the person's browser. */
  | { do: 'visit'; url: string }
  | { do: 'refresh' }
  | { do: 'check' }
  | { do: 'start-at-login'; on: boolean }
  | { do: 'quit' };

export type TrayEntry =
  | 'line'
  | {
      label: string;
      /** Null: it only tells. */
      command: TrayCommand | null;
      /** Given for an entry that is switched on and off. */
      checked?: boolean;
    };

/** The whole tray as data: what it shows is a function of the views, and nothing in it is kept from before. */
export interface TrayModel {
  state: Overall;
  tooltip: string;
  /** How many approvals and pull requests wait: shown on the app's icon, where the system does such. */
  badge: number;
  entries: TrayEntry[];
}

const ALL_GOOD = 'All good';
const WORKING = 'Working…';

/** @param waiting how many approvals wait for the person */
export function trayModel(
  status: StatusView,
  settings: Pick<SettingsView, 'startAtLogin'>,
  waiting: number,
): TrayModel {
  const summary = status.attention[0]?.text ?? (status.overall === 'busy' ? WORKING : ALL_GOOD);
  const { startAtLogin } = settings;
  return {
    state: status.overall,
    tooltip: `${APP_NAME}: ${summary}`,
    badge: waiting + status.tracking.waiting,
    entries: [
      ...(status.attention.length === 0 ? [{ label: summary, command: null }] : []),
      ...status.attention.map(({ text, page }): TrayEntry => ({ label: text, command: { do: 'open', page } })),
      'line',
      ...status.connections.map(connectionEntry),
      { label: 'Connect…', command: { do: 'open', page: status.connections.length === 0 ? 'welcome' : 'connections' } },
      { label: waiting === 0 ? 'Approvals' : `Approvals (${waiting})`, command: { do: 'open', page: 'approvals' } },
      ...pullRequestEntries(status.tracking),
      { label: 'Refresh now', command: status.connections.length === 0 ? null : { do: 'refresh' } },
      status.updates.state === 'checking'
        ? { label: 'Checking for updates…', command: null }
        : { label: 'Check for updates', command: { do: 'check' } },
      'line',
      { label: `Open ${APP_NAME}`, command: { do: 'open', page: null } },
      ...(startAtLogin === null
        ? []
        : [
            {
              label: 'Start at login',
              command: { do: 'start-at-login', on: !startAtLogin },
              checked: startAtLogin,
            } satisfies TrayEntry,
          ]),
      'line',
      { label: 'Quit', command: { do: 'quit' } },
    ],
  };
}

/** Longer than that, a title makes the menu wider than it is useful. */
const LONGEST_TITLE = 60;

/** The pull requests that wait for the person: how many, and the most pressing ones. */
function pullRequestEntries({ waiting, first }: StatusView['tracking']): TrayEntry[] {
  if (waiting === 0) return [];
  return [
    { label: `Pull requests (${waiting})`, command: { do: 'open', page: 'pull-requests' } },
    ...first.map(({ repository, number, title, url }): TrayEntry => {
      const short = title.length > LONGEST_TITLE ? `${title.slice(0, LONGEST_TITLE).trimEnd()}…` : title;
      return { label: `   ${repository} #${number}: ${short}`, command: { do: 'visit', url } };
    }),
  ];
}

function connectionEntry({ login, host, state, pausedUntil }: ConnectionView): TrayEntry {
  const until = pausedUntil === null ? '' : ` until ${clockTime(pausedUntil)}`;
  const word = state === 'paused' ? `paused${until}` : STATE_WORDS[state];
  return { label: `${login} on ${host}: ${word}`, command: { do: 'open', page: 'connections' } };
}

const STATE_WORDS: Record<Exclude<ConnectionView['state'], 'paused'>, string> = {
  ok: 'connected',
  refreshing: 'refreshing…',
  unreachable: 'cannot be reached',
  needs_reconnect: 'needs you to sign in again',
  vault_closed: 'waits for the keychain',
};

/** Hours and minutes where the person is. */
function clockTime(iso: string): string {
  return new Date(iso).toLocaleTimeString(undefined, { hour: '2-digit', minute: '2-digit' });
}
