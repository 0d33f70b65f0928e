import { join } from 'node:path';
import { app } from 'electron';
import { APP_ID, APP_NAME } from './names.ts';

/**
 * Who this app is to the system, and what Chromium shall not do in its name. Before `ready`. The crash reporter needs no
 * line: it runs only where somebody starts it, and a dump of this process could hold tokens.
 */
export function setupIdentity(version: string): void {
  app.setName(APP_NAME);
  if (process.platform === 'win32') app.setAppUserModelId(APP_ID);
  if (process.platform === 'linux') app.setDesktopName(`${APP_ID}.desktop`);
  app.setAboutPanelOptions({
    applicationName: APP_NAME,
    applicationVersion: version,
    copyright: 'MIT License',
    website: 'https://trackeep.org',
  });
  app.enableSandbox();
  // Chromium would open the keychain for cookies that this app never has, and the person would wonder who asks.
  app.commandLine.appendSwitch('password-store', 'basic');
  app.commandLine.appendSwitch('use-mock-keychain');
}

/** Chromium's own files go into the data folder too: there, the single-instance lock is one for each data folder. */
export function setupProfile(dataDir: string): void {
  app.setPath('userData', join(dataDir, 'electron'));
}
