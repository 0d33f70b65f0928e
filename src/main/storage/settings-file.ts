import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Conf from 'conf';
import { AppError } from '../core/errors.ts';
import { toFileError } from '../core/file-error.ts';
import type { SettingsFile } from '../core/host.ts';

/** What `conf` and `electron-store` have in common here. */
interface ObjectStore {
  readonly path: string;
  store: Record<string, unknown>;
}

/** How either is to be opened. A file that cannot be understood is never cleared: somebody may want to correct it. */
const STORE_OPTIONS = {
  clearInvalidConfig: false,
  accessPropertiesByDotNotation: false,
  configFileMode: 0o600,
  deserialize: parse,
} as const;

/**
 * Opens `settings.json` in the data folder for the headless host.
 *
 * @throws AppError `settings_corrupt` for a file that does not hold a JSON object
 */
export function openSettingsFile(dataDir: string): SettingsFile {
  return settingsFileOver(dataDir, (options) => new Conf({ cwd: dataDir, configName: 'settings', ...options }));
}

/**
 * A settings file over `conf`, or over `electron-store`, which is `conf` with Electron's paths and throws outside
 * Electron:
 *
 *     settingsFileOver(dataDir, (options) => new ElectronStore({ cwd: dataDir, name: 'settings', ...options }))
 *
 * Its errors are AppErrors: `settings_corrupt`, `disk_full`, `data_folder_unusable`, each naming the file.
 */
export function settingsFileOver(dataDir: string, open: (options: typeof STORE_OPTIONS) => ObjectStore): SettingsFile {
  const path = join(dataDir, 'settings.json');
  const guarded = <T>(operation: () => T): T => {
    try {
      return operation();
    } catch (error) {
      if (error instanceof SyntaxError) {
        throw new AppError('settings_corrupt', `The settings file ${path} is not a JSON object.`, { cause: error });
      }
      throw toFileError(error, path);
    }
  };
  guarded(() => removeLeftovers(dataDir));
  const store = guarded(() => open(STORE_OPTIONS));
  return {
    path,
    read: () => guarded(() => ({ ...store.store })),
    write: (content) =>
      guarded(() => {
        store.store = content;
      }),
  };
}

/** `conf` takes JSON of any other kind for an empty store, and would write over it. */
function parse(text: string): Record<string, unknown> {
  const value: unknown = JSON.parse(text);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new SyntaxError('not an object');
  return value as Record<string, unknown>;
}

/** The temporary files of writes that a crash cut short. Only one process at a time works on a data folder. */
function removeLeftovers(dataDir: string): void {
  for (const name of readdirSync(dataDir)) {
    if (/^settings\.json\.tmp-[0-9a-f]+$/.test(name)) rmSync(join(dataDir, name), { force: true });
  }
}
