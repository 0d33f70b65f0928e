import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { app } from 'electron';

const run = promisify(execFile);

/** Asks the session bus; every desktop of today has the tool, and one that lacks it is taken to have no tray. */
const QUESTION = [
  'call',
  '--session',
  '--timeout=2',
  '--dest=org.kde.StatusNotifierWatcher',
  '--object-path=/StatusNotifierWatcher',
  '--method=org.freedesktop.DBus.Properties.Get',
  'org.kde.StatusNotifierWatcher',
  'IsStatusNotifierHostRegistered',
];

/**
 * Whether the person can see our tray icon. macOS and Windows always show it. On Linux, `new Tray` succeeds whether or
 * not anybody shows it (stock GNOME does not), and Electron cannot tell; whoever shows icons says so on the session bus.
 */
export async function isTrayShown(): Promise<boolean> {
  if (process.platform !== 'linux') return true;
  try {
    const { stdout } = await run('gdbus', QUESTION, { timeout: 3_000 });
    return stdout.includes('true');
  } catch {
    return false;
  }
}

/**
 * The last window is closed: with a tray, the app lives on there. Without one it ends. The other choice, to run on
 * unseen, is not for an app that hands out tokens: what is running must be visible somewhere.
 */
export function setupLastWindow(): void {
  app.on('window-all-closed', async () => {
    if (!(await isTrayShown())) app.quit();
  });
}
