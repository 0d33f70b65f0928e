/**
 * The desktop app, from its first line to its window. Everything here runs in this order for a reason: what must stand
 * before Electron is ready comes first, and every listener stands before the window opens.
 */
import { join } from 'node:path';
import { app, session } from 'electron';
import packageJson from '../../../package.json' with { type: 'json' };
import { startApp } from '../app.ts';
import { systemClock } from '../core/clock.ts';
import { type Config, readConfig } from '../core/config.ts';
import { openDataFolder } from '../core/data-folder.ts';
import { hasCode } from '../core/errors.ts';
import { createAppClient } from './app-client.ts';
import { serveApp, setupAppScheme } from './app-scheme.ts';
import { openingSignIns } from './browser-sign-in.ts';
import { setupColorScheme } from './color-scheme.ts';
import { createDesktopHost } from './desktop-host.ts';
import { withEmulators } from './emulators.ts';
import { createLinkOpener } from './external-links.ts';
import { handOver } from './hand-over.ts';
import { setupIdentity, setupProfile } from './identity.ts';
import { setupIpc } from './ipc.ts';
import { type LaunchOptions, loginArguments, readLaunchOptions } from './launch-options.ts';
import { restrictSession, setupLockdown } from './lockdown.ts';
import { createLoginItem, wasStartedAtLogin } from './login-item.ts';
import { setupMenuBar } from './menu-bar.ts';
import { createNotifications } from './notifications.ts';
import { setupQuit } from './quit.ts';
import { setupSecondInstance, takeSingleInstance } from './single-instance.ts';
import { failStart } from './start-failure.ts';
import { setupTray } from './tray.ts';
import { createTrayCommands } from './tray-commands.ts';
import { createPanelTheme } from './tray-images.ts';
import { isTrayShown, setupLastWindow } from './tray-presence.ts';
import { createMainWindow } from './window.ts';
import { createWindowBounds } from './window-bounds.ts';

// Beside this bundle (out/main): the page, the preload, and in a clone the resources, which a package keeps by itself.
const here = (path: string) => join(import.meta.dirname, path);
const RENDERER = here('../renderer');
const PRELOAD = here('../preload/preload.cjs');
const RESOURCES = app.isPackaged ? process.resourcesPath : here('../../resources');

setupIdentity(packageJson.version);
setupAppScheme();
// Never wait for `ready` at this level: Electron is ready only when this module has been evaluated to its end.
const start = await prepare().catch((error: unknown) => void failStart(error));
if (start) {
  app
    .whenReady()
    .then(() => run(start))
    .catch((error: unknown) =>
      hasCode(error, 'already_running') ? handOver(start.config.dataDir) : Promise.reject(error),
    )
    .catch(failStart);
}

interface Start {
  options: LaunchOptions;
  config: Config;
}

/** What Chromium must know before it starts: where its files go, and whether it shall start at all. */
async function prepare(): Promise<Start | undefined> {
  const options = readLaunchOptions(process.argv);
  const config = readConfig({ env: process.env, flags: options });
  await openDataFolder(config.dataDir);
  setupProfile(config.dataDir);
  if (takeSingleInstance(options.hidden)) return { options, config };
  app.quit();
  return undefined;
}

async function run({ options, config: asked }: Start): Promise<void> {
  const clock = systemClock();
  const running = setupQuit(clock);
  const config = options.demo ? await withEmulators(options, clock, running) : asked;

  setupMenuBar();
  const known = [config.github.url, config.jira.authUrl, config.slack.url];
  const openLink = createLinkOpener(known);
  setupLockdown(openLink);
  setupLastWindow();
  const panel = createPanelTheme();

  // No `persist:` before its name: Chromium writes nothing of the page to the disk.
  const pages = session.fromPartition('window');
  serveApp(pages, RENDERER);
  restrictSession(pages);

  const icon = join(RESOURCES, 'icon.png');
  const window = createMainWindow({
    session: pages,
    preload: PRELOAD,
    icon,
    bounds: createWindowBounds(config.dataDir),
  });
  const notifications = createNotifications({ window, icon });
  const host = createDesktopHost({ window, notifications, loginItem: createLoginItem(loginArguments(options)) });

  const starting = startApp(host, config, {
    version: packageJson.version,
    rendererDir: RENDERER,
    logToConsole: !app.isPackaged,
    demo: options.demo,
  });
  // Already now: a quit that comes during the start must end what it has started. What fails has ended itself.
  running.defer(() =>
    starting.then(
      (started) => started.stop(),
      () => undefined,
    ),
  );
  const { control } = await starting;
  const client = createAppClient(control);
  // Our own pages for the browser, such as the one that takes the manifest of a GitHub App there.
  known.push((await client.call('status.get', {})).issuer.address);

  setupIpc({ call: openingSignIns(control, openLink), subscribe: control.subscribe, window });
  await setupColorScheme(client);
  const obey = createTrayCommands({ client, window, notify: (notice) => notifications.show(notice), openLink });
  const tray = await setupTray({ client, images: join(RESOURCES, 'tray'), panel, run: obey });
  running.defer(() => tray.destroy());
  setupSecondInstance(() => window.show());
  app.on('activate', () => window.show());

  if (!options.hidden && !wasStartedAtLogin()) window.show();
  else if (!(await isTrayShown())) window.showMinimized();
}
