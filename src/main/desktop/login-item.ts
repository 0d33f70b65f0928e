import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { app } from 'electron';
import { writeFileAtomic } from '../core/atomic-file.ts';
import type { Host } from '../core/host.ts';
import { autostartEntry, isEntryOn } from './autostart-entry.ts';
import { APP_ID, APP_NAME } from './names.ts';

/**
 * Start at login, as each system does it: Electron knows how on macOS and Windows; Linux desktops read a file.
 *
 * @param args what the start at login is given
 */
export function createLoginItem(args: readonly string[]): Host['loginItem'] {
  if (process.platform === 'linux') return createAutostartFile(args);
  // macOS starts whole app bundles only: from a clone, that would be the bare Electron.
  if (process.platform === 'darwin' && !app.isPackaged) return null;
  const [path, ...before] = programCommand();
  const options = { path: path ?? process.execPath, args: [...before, ...args] };
  return {
    get: () => app.getLoginItemSettings(options).openAtLogin,
    set: (on) => app.setLoginItemSettings({ ...options, openAtLogin: on }),
  };
}

/** Whether the system started the app at login. Since macOS 13 it passes no arguments then; elsewhere `--hidden` tells. */
export function wasStartedAtLogin(): boolean {
  return process.platform === 'darwin' && app.getLoginItemSettings().wasOpenedAtLogin;
}

function createAutostartFile(args: readonly string[]): Host['loginItem'] {
  const file = join(configHome(), 'autostart', `${APP_ID}.desktop`);
  return {
    get() {
      try {
        return isEntryOn(readFileSync(file, 'utf8'));
      } catch {
        return false;
      }
    },
    set(on) {
      if (!on) return rmSync(file, { force: true });
      mkdirSync(dirname(file), { recursive: true });
      writeFileAtomic(file, autostartEntry(APP_NAME, [...programCommand(), ...args]));
    },
  };
}

/** What a person would have to type to start this very app. */
function programCommand(): string[] {
  // An AppImage runs from a folder that is mounted anew at every start; this names the file itself.
  const program = process.env.APPIMAGE ?? process.execPath;
  return app.isPackaged ? [program] : [program, app.getAppPath()];
}

/** The XDG base directory specification: a relative path is invalid and to be ignored. */
function configHome(): string {
  const named = process.env.XDG_CONFIG_HOME;
  return named?.startsWith('/') ? named : join(homedir(), '.config');
}
