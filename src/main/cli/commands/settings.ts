import { canonicalOrigin } from '../../../shared/origins.ts';
import type { SettingsPatch, SettingsView, TrackeepInstance } from '../../../shared/settings-views.ts';
import { parseGoDuration } from '../../core/go-duration.ts';
import type { Command, Invocation } from '../command.ts';
import { EXIT } from '../exit-codes.ts';
import { usage } from '../parse.ts';
import { table } from '../words.ts';
import { TRACKING_SETTINGS } from './tracking-settings.ts';

type Key = keyof SettingsPatch;

/** How a setting is spelled on the command line, read from there and shown there. */
export interface Setting {
  key: Key;
  meaning: string;
  /**
   * @param current asks the app for the settings as they are now
   * @returns undefined when the text is no such value
   */
  read(text: string, current: () => Promise<SettingsView>): SettingsPatch | undefined | Promise<SettingsPatch>;
  show(view: SettingsView): string;
}

const YES = ['on', 'true', 'yes'];
const NO = ['off', 'false', 'no'];
const onOff = (on: boolean | null) => (on === null ? 'not possible here' : on ? 'on' : 'off');

function toggle(key: 'automaticChecks' | 'prereleases' | 'notifications' | 'startAtLogin', meaning: string): Setting {
  return {
    key,
    meaning: `${meaning} on or off.`,
    read: (text) => (YES.includes(text) ? { [key]: true } : NO.includes(text) ? { [key]: false } : undefined),
    show: (view) => onOff(view[key]),
  };
}

/** Marks an instance that gets the GitHub token. */
const PASSED = '+github-token';

function instance(text: string): TrackeepInstance {
  const name = text.trim();
  const passGitHubToken = name.endsWith(PASSED);
  const address = passGitHubToken ? name.slice(0, -PASSED.length) : name;
  // What is no origin goes to the app as it is, which says what is wrong with it.
  return { origin: canonicalOrigin(address) ?? address, passGitHubToken };
}

const SETTINGS: Readonly<Record<string, Setting>> = {
  'automatic-checks': toggle('automaticChecks', 'Look for releases at launch and on schedule:'),
  'check-interval': {
    key: 'checkIntervalMs',
    meaning: 'The time between two checks, such as 24h or 90m.',
    read(text) {
      const checkIntervalMs = parseGoDuration(text);
      return checkIntervalMs === null ? undefined : { checkIntervalMs };
    },
    show: ({ checkIntervalMs }) => duration(checkIntervalMs),
  },
  prereleases: toggle('prereleases', 'Count prereleases as updates:'),
  'current-version': {
    key: 'currentVersion',
    meaning: 'The Trackeep version you run, such as 1.2.5; none forgets it.',
    read: (text) => ({ currentVersion: text === 'none' ? null : text }),
    show: ({ currentVersion }) => currentVersion ?? 'none',
  },
  notifications: toggle('notifications', 'Native notifications:'),
  'resource-servers': {
    key: 'resourceServers',
    meaning: 'Servers of your own that programs may get tokens for, separated by commas; none leaves only ours.',
    read: (text) => ({ resourceServers: text === 'none' ? [] : text.split(',').map((address) => address.trim()) }),
    show: ({ resourceServers }) => resourceServers.join(',') || 'none',
  },
  'trackeep-instances': {
    key: 'trackeepInstances',
    meaning: `Your Trackeep instances, where sign-ins may lead back to, separated by commas; ${PASSED} after one gives it your GitHub token, too; none is none.`,
    read: (text) => ({ trackeepInstances: text === 'none' ? [] : text.split(',').map(instance) }),
    show: ({ trackeepInstances }) =>
      trackeepInstances.map(({ origin, passGitHubToken }) => origin + (passGitHubToken ? PASSED : '')).join(',') ||
      'none',
  },
  ...TRACKING_SETTINGS,
  'start-at-login': toggle('startAtLogin', 'Start when you log in (desktop):'),
  'color-scheme': {
    key: 'colorScheme',
    meaning: 'auto follows the system; else light or dark.',
    read: (text) => (text === 'auto' || text === 'light' || text === 'dark' ? { colorScheme: text } : undefined),
    show: ({ colorScheme }) => colorScheme,
  },
};

export const settings: Command = {
  name: 'settings',
  summary: 'Show or change settings',
  description: [
    'Without arguments all settings are shown. A setting that an environment variable fixes for this run is marked with its name and cannot be changed.',
    ...Object.entries(SETTINGS).map(([name, { meaning }]) => `${name}: ${meaning}`),
  ],
  arguments: [
    { name: 'ACTION', values: ['get', 'set'], text: 'What to do; get when left out.' },
    { name: 'KEY', values: Object.keys(SETTINGS), text: 'Which setting.' },
    { name: 'VALUE', text: 'What to set it to.' },
  ],
  examples: [
    'trackeep settings',
    'trackeep settings set current-version 1.2.5',
    'trackeep settings set check-interval 12h',
  ],

  async run(invocation) {
    const { argument, call } = invocation;
    const key = argument('KEY');
    const value = argument('VALUE');
    if (argument('ACTION') !== 'set') {
      if (value !== undefined) throw usage('get takes no value.', settings);
      return show(invocation, await call('settings.get', {}), key);
    }
    if (key === undefined || value === undefined) throw usage('set needs a key and a value.', settings);
    const setting = SETTINGS[key];
    const patch = await setting?.read(value, () => call('settings.get', {}));
    if (patch === undefined) throw usage(`"${value}" is no value for ${key}. ${setting?.meaning}`, settings);
    return show(invocation, await call('settings.set', patch), key);
  },
};

function show({ json, terminal }: Invocation, view: SettingsView, only: string | undefined): number {
  if (json) {
    const key = only === undefined ? undefined : SETTINGS[only]?.key;
    terminal.json(key === undefined ? view : { [key]: view[key] });
    return EXIT.fine;
  }
  const wanted = Object.entries(SETTINGS).filter(([name]) => only === undefined || name === only);
  if (only !== undefined) terminal.print(...wanted.map(([, setting]) => setting.show(view)));
  else {
    const fixed = ({ key }: Setting) => (view.fixedBy[key] === undefined ? '' : `fixed by ${view.fixedBy[key]}`);
    terminal.print(
      ...table(
        wanted.map(([name, setting]) => [name, setting.show(view), fixed(setting)]),
        '',
      ),
    );
  }
  return EXIT.fine;
}

/** As Go writes it, so that what is shown can be typed in again. */
function duration(ms: number): string {
  const parts = [
    [Math.floor(ms / 3_600_000), 'h'],
    [Math.floor(ms / 60_000) % 60, 'm'],
    [(ms / 1_000) % 60, 's'],
  ] as const;
  return parts.map(([amount, unit]) => (amount === 0 ? '' : `${amount}${unit}`)).join('');
}
