import { app, shell } from 'electron';
import { callRunningApp } from '../http/socket-client.ts';

/**
 * The headless host runs on this data folder already: shows that one, in the browser, and ends. Two desktop apps never
 * come here; Electron's own lock has settled it before.
 *
 * @throws AppError `app_not_running` if it has gone away meanwhile
 */
export async function handOver(dataDir: string): Promise<void> {
  const { url } = await callRunningApp(dataDir, 'app.open', {});
  // Its own one-time link: loopback, and from the same-user socket, so not one to vet.
  if (url !== null) await shell.openExternal(url);
  app.quit();
}
