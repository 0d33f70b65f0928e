import ElectronStore from 'electron-store';
import type { SettingsFile } from '../core/host.ts';
import { settingsFileOver } from '../storage/settings-file.ts';

/**
 * Opens `settings.json` in the data folder: the same file, in the same form, as on the headless host.
 *
 * @throws AppError `settings_corrupt` for a file that does not hold a JSON object
 */
export function openSettingsStore(dataDir: string): SettingsFile {
  return settingsFileOver(
    dataDir,
    (options) => new ElectronStore<Record<string, unknown>>({ cwd: dataDir, name: 'settings', ...options }),
  );
}
