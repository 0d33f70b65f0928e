import { z } from 'zod';
import { SettingsPatch, type SettingsView } from '../../shared/settings-views.ts';
import { TrackingSettings } from '../../shared/tracking-views.ts';
import type { Bus } from '../core/bus.ts';
import type { Config, IssuerConfig } from '../core/config.ts';
import { AppError } from '../core/errors.ts';
import type { Host, SettingsFile } from '../core/host.ts';

/** The person's settings, as they hold for this run: the environment wins over the file, the file over the defaults. */
export interface Settings {
  get(): SettingsView;
  /**
   * Changes what the patch names and keeps the rest, unknown keys of the file included.
   * @throws AppError `bad_input` for a value that cannot be, or one that the environment fixes; `settings_corrupt`,
   *   `disk_full`, `data_folder_unusable` if the file cannot be read or written: then nothing has changed
   */
  set(patch: SettingsPatch): SettingsView;
}

const { shape } = SettingsPatch;

const { shape: tracking } = TrackingSettings;

/** Everything that the person owns or works on, and told of what concerns them. A file of a later version may say more. */
const StoredTracking = z.object({
  paused: tracking.paused.default(false),
  choice: z
    .object(tracking.choice.shape)
    .default({ from: 'all', owners: [], topics: [], archived: false, forks: false }),
  keepDays: tracking.keepDays.default(null),
  notices: z
    .object(tracking.notices.shape)
    .default({ reviewRequested: true, reviewed: true, checksFailed: true, merged: false, releases: false }),
  webhookChannel: tracking.webhookChannel.default(null),
});

/** What the file holds, with the defaults. Start at login is not in it: the system itself is the truth about that. */
const Stored = z.object({
  automaticChecks: shape.automaticChecks.unwrap().default(true),
  checkIntervalMs: shape.checkIntervalMs.unwrap().default(24 * 3_600_000),
  prereleases: shape.prereleases.unwrap().default(false),
  currentVersion: shape.currentVersion.unwrap().default(null),
  notifications: shape.notifications.unwrap().default(true),
  resourceServers: shape.resourceServers.unwrap().default([]),
  trackeepInstances: shape.trackeepInstances.unwrap().default([]),
  tracking: StoredTracking.prefault({}),
  colorScheme: shape.colorScheme.unwrap().default('auto'),
});
type Stored = z.infer<typeof Stored>;

export interface SettingsParts {
  file: SettingsFile;
  config: Pick<Config, 'automaticChecks' | 'checkIntervalMs' | 'prereleases' | 'appVersion'> & {
    issuer: Pick<IssuerConfig, 'resourceServers'>;
  };
  loginItem: Host['loginItem'];
  bus: Bus;
}

/** @throws AppError `settings_corrupt` for a file that does not hold valid settings; it is left as it is */
export function createSettings({ file, config, loginItem, bus }: SettingsParts): Settings {
  const fixed = fixedByEnvironment(config);
  let stored = parse(file);

  const get = (): SettingsView => ({
    ...stored,
    ...Object.fromEntries(fixed.map(({ key, value }) => [key, value])),
    startAtLogin: loginItem === null ? null : loginItem.get(),
    fixedBy: Object.fromEntries(fixed.map(({ key, variable }) => [key, variable])),
  });

  return {
    get,
    set(patch) {
      const { startAtLogin, ...changes } = check(patch);
      for (const { key, value, variable } of fixed) {
        if (changes[key] === undefined) continue;
        if (JSON.stringify(changes[key]) !== JSON.stringify(value))
          throw new AppError('bad_input', `“${key}” is fixed by ${variable} for this run.`);
        // Not written: it would stay behind when the variable is gone.
        delete changes[key];
      }
      if (startAtLogin !== undefined && loginItem === null) {
        throw new AppError('bad_input', 'Starting at login cannot be set here: this is no desktop app.');
      }
      if (Object.keys(changes).length > 0) {
        // Read again, so that what somebody wrote into the file meanwhile is kept.
        stored = parse(file);
        const { tracking, ...plain } = changes;
        const nested = tracking === undefined ? {} : { tracking: { ...stored.tracking, ...tracking } };
        file.write({ ...file.read(), ...plain, ...nested });
        stored = parse(file);
      }
      if (startAtLogin !== undefined) loginItem?.set(startAtLogin);
      bus.emit('settings');
      return get();
    },
  };
}

interface FixedSetting {
  key: 'automaticChecks' | 'checkIntervalMs' | 'prereleases' | 'currentVersion' | 'resourceServers';
  value: boolean | number | string | string[];
  variable: string;
}

function fixedByEnvironment(config: SettingsParts['config']): FixedSetting[] {
  const candidates = [
    { key: 'automaticChecks', value: config.automaticChecks, variable: 'AUTO_UPDATE_CHECK' },
    { key: 'checkIntervalMs', value: config.checkIntervalMs, variable: 'UPDATE_CHECK_INTERVAL' },
    { key: 'prereleases', value: config.prereleases, variable: 'PRERELEASE_UPDATES' },
    { key: 'currentVersion', value: config.appVersion, variable: 'APP_VERSION' },
    {
      key: 'resourceServers',
      value: config.issuer.resourceServers && [...config.issuer.resourceServers],
      variable: 'TRACKEEP_RESOURCE_SERVERS',
    },
  ] as const;
  return candidates.flatMap(({ value, ...rest }) => (value === null ? [] : [{ ...rest, value }]));
}

function check(patch: SettingsPatch): SettingsPatch {
  const result = SettingsPatch.safeParse(patch);
  if (result.success) return result.data;
  throw new AppError('bad_input', `The setting ${firstProblem(result.error)}.`);
}

function parse(file: SettingsFile): Stored {
  const result = Stored.safeParse(file.read());
  if (result.success) return result.data;
  throw new AppError('settings_corrupt', `In the settings file ${file.path}, ${firstProblem(result.error)}.`, {
    cause: result.error,
  });
}

function firstProblem(error: z.ZodError): string {
  const [issue] = error.issues;
  return `“${issue?.path.join('.')}” is wrong: ${issue?.message}`;
}
