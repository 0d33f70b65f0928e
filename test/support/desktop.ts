/**
 * The built desktop app, driven as a person does: its page, its tray, its notifications, its process. On Electron where
 * the binary is there, else on the stand-in; the specs are the same.
 */
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Page } from 'playwright-core';
import { cleanEnvironment } from './app.ts';
import { electronBinary, electronHost } from './desktop/electron-host.ts';
import type { DesktopHost, RunningHost } from './desktop/host.ts';
import type { MenuLine, Recorded } from './desktop/recorder.ts';
import { standInHost } from './desktop/stand-in-host.ts';
import { type Something, until } from './desktop/until.ts';

export interface DesktopOptions {
  args?: readonly string[];
  env?: Readonly<Record<string, string>>;
  /** Linux: whether anybody shows tray icons. */
  tray?: 'shown' | 'missing';
}

export interface DesktopApp {
  readonly host: DesktopHost['name'];
  readonly pid: number;
  readonly exited: Promise<number | null>;
  output(): string;
  /** The page of the window, when it has something to show. */
  page(): Promise<Page>;
  /** Where the page is, as the app calls it: app://trackeep/… */
  address(): Promise<string>;
  read(): Promise<Recorded>;
  /** Waits until what was recorded has `what` to it. */
  sees<T>(what: string, probe: (recorded: Recorded) => T): Promise<Something<T>>;
  clickTray(label: string): Promise<void>;
  clickNotification(title: string): Promise<void>;
  minimizeWindow(): Promise<void>;
  closeWindow(): Promise<void>;
  /** Quits from the tray. @returns the exit code */
  quit(): Promise<number | null>;
}

/** A person's machine for one spec: a data folder, a home, and the app as often as it is started. */
export interface Desk {
  readonly dataDir: string;
  /** Where desktop entries and other settings of the session lie (XDG_CONFIG_HOME). */
  readonly configHome: string;
  start(options?: DesktopOptions): Promise<DesktopApp>;
  /** A start that ends by itself, as a second instance does. */
  runToEnd(options?: DesktopOptions): Promise<{ code: number | null; output: string }>;
  /** Ends what still runs and removes the folders. */
  clear(): Promise<void>;
}

export function createDesk(): Desk {
  const root = mkdtempSync(join(tmpdir(), 'trackeep-desk-'));
  const dataDir = join(root, 'data');
  const configHome = join(root, 'config');
  const running = new Set<RunningHost>();

  const launchOf = ({ args = [], env = {}, tray = 'shown' }: DesktopOptions) => ({
    args,
    env: cleanEnvironment({
      TRACKEEP_DATA: dataDir,
      TRACKEEP_PORT: '0',
      TRACKEEP_VAULT: 'file',
      XDG_CONFIG_HOME: configHome,
      PATH: `${sessionBusTool(root, tray)}${delimiter}${process.env.PATH}`,
      ...env,
    }),
  });

  return {
    dataDir,
    configHome,
    async start(options = {}) {
      const host = await chosenHost;
      const app = await host.start(launchOf(options));
      running.add(app);
      void app.exited.then(() => running.delete(app));
      return driverOf(host, app);
    },
    async runToEnd(options = {}) {
      return (await chosenHost).runToEnd(launchOf(options));
    },
    async clear() {
      await Promise.all([...running].map((app) => app.kill()));
      rmSync(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function driverOf(host: DesktopHost, app: RunningHost): DesktopApp {
  const read = () => app.ask('read');
  const driver: DesktopApp = {
    host: host.name,
    pid: app.pid,
    exited: app.exited,
    output: () => app.output(),
    async page() {
      const page = await app.page();
      await page.getByRole('heading', { level: 1 }).waitFor();
      return page;
    },
    address: async () => app.addressOf(await app.page()),
    read,
    sees: (what, probe) => until(async () => probe(await read()), what),
    async clickTray(label) {
      await driver.sees(`"${label}" can be clicked in the tray`, ({ tray }) => lineOf(tray.menu, label)?.enabled);
      await app.ask('clickTrayItem', label);
    },
    clickNotification: (title) => app.ask('clickNotification', title),
    minimizeWindow: () => app.ask('minimizeWindow'),
    async closeWindow() {
      const page = await app.page();
      await app.ask('closeWindow');
      await until(() => page.isClosed(), 'the page is gone');
    },
    async quit() {
      // The answer may be lost with the process.
      await driver.clickTray('Quit').catch(() => undefined);
      return app.exited;
    },
  };
  return driver;
}

/** Which state the tray's picture tells, whatever the platform's file is called. */
export function pictured({ tray }: Recorded): string | undefined {
  return /^(.+?)(?:-on-(?:light|dark)\.(?:png|ico)|Template\.png)$/.exec(tray.image)?.[1];
}

export function lineOf(menu: readonly MenuLine[], label: string): MenuLine | undefined {
  return menu.find((line) => line.label === label);
}

/** TRACKEEP_DESKTOP_HOST=electron makes the binary's absence an error: for machines that are there to test with it. */
async function chooseHost(): Promise<DesktopHost> {
  const wanted = process.env.TRACKEEP_DESKTOP_HOST;
  const binary = wanted === 'stand-in' ? null : electronBinary();
  if (binary === null && wanted === 'electron') throw new Error('Electron is not installed, or has no display.');
  console.info(`Desktop specs run on ${binary ?? "Electron's stand-in"}.`);
  return binary === null ? standInHost() : electronHost(binary);
}

const chosenHost = chooseHost();

/**
 * A session bus for the app to ask whether anybody shows tray icons: its tool, with the answer a desktop with, or
 * without, such a panel gives.
 */
function sessionBusTool(root: string, tray: 'shown' | 'missing'): string {
  const folder = mkdtempSync(join(root, 'bin-'));
  const answer = tray === 'shown' ? "echo '(<true>,)'" : "echo 'GDBus.Error: ServiceUnknown' >&2; exit 1";
  writeFileSync(join(folder, 'gdbus'), `#!/bin/sh\n${answer}\n`);
  chmodSync(join(folder, 'gdbus'), 0o755);
  return folder;
}
