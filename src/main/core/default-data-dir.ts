/**
 * Where the data folder is. Apart from config.ts, because the command line needs only this to find the running app,
 * and must start without loading zod.
 */
import { homedir } from 'node:os';
import { posix, resolve, win32 } from 'node:path';

export interface Place {
  env: NodeJS.ProcessEnv;
  platform?: NodeJS.Platform;
  home?: string;
}

/**
 * The folder that is used when nobody names one: `$XDG_DATA_HOME/trackeep-tray` (by default ~/.local/share) on Linux,
 * `~/Library/Application Support/Trackeep Tray` on macOS, `%LOCALAPPDATA%\Trackeep Tray` on Windows. Not the roaming
 * profile there: a database with open transactions is not to be copied between machines.
 */
export function defaultDataDir({ env, platform = process.platform, home = homedir() }: Place): string {
  if (platform === 'darwin') return posix.join(home, 'Library', 'Application Support', 'Trackeep Tray');
  if (platform === 'win32') {
    return win32.join(env.LOCALAPPDATA || win32.join(home, 'AppData', 'Local'), 'Trackeep Tray');
  }
  const data = env.XDG_DATA_HOME;
  // The XDG base directory specification: a relative path is invalid and to be ignored.
  return posix.join(data && posix.isAbsolute(data) ? data : posix.join(home, '.local', 'share'), 'trackeep-tray');
}

/**
 * The data folder of this run, as an absolute path: `--data`, else TRACKEEP_DATA, else the default. A leading `~/` is
 * the home folder, since a shell that reads an environment file leaves it as it stands.
 */
export function resolveDataDir({ flag, ...place }: Place & { flag?: string | undefined }): string {
  const named = flag || place.env.TRACKEEP_DATA;
  if (!named) return defaultDataDir(place);
  return resolve(named.replace(/^~(?=$|[/\\])/, () => place.home ?? homedir()));
}
