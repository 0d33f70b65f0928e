import { app, shell } from 'electron';
import { showRunningApp } from '../http/show-running-app.ts';

/**
 * The headless host runs on this data folder already: shows that one, in the browser, and ends. Two desktop apps never
 * come here; Electron's own lock has settled it before.
 *
 * @throws AppError `already_running` if it cannot be reached
 */
export async function handOver(dataDir: string): Promise<void> {
  const url = await showRunningApp(dataDir);
  // Its own one-time link: loopback, and from the same-user socket, so not one to vet.
  if (url !== null) await shell.openExternal(url);
  app.quit();
}
