import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli } from '../support/app.ts';
import { createDesk, type Desk, type DesktopApp } from '../support/desktop.ts';

let desk: Desk;
beforeEach(() => {
  desk = createDesk();
});
afterEach(() => desk.clear());

async function issuerOf(app: DesktopApp): Promise<string> {
  await app.sees('the tray is there', ({ tray }) => tray.menu.length > 0);
  const { stdout } = await runCli(['status', '--json', '--data', desk.dataDir]);
  return JSON.parse(stdout).issuer.address;
}

it('quit from the tray ends with 0 and leaves nothing running', async () => {
  const app = await desk.start();
  await app.page();
  const issuer = await issuerOf(app);
  expect((await fetch(`${issuer}/ui/`)).status).toBe(200);

  expect(await app.quit()).toBe(0);
  await expect(fetch(`${issuer}/ui/`)).rejects.toThrow();
  expect(existsSync(join(desk.dataDir, 'control.sock'))).toBe(false);
  expect(existsSync(join(desk.dataDir, 'trackeep.db-wal'))).toBe(false);
  expect(await runCli(['status', '--data', desk.dataDir])).toMatchObject({ code: 3 });
});

it.runIf(process.platform !== 'win32')('a signal ends it in the same good order', async () => {
  const app = await desk.start({ args: ['--hidden'] });
  await issuerOf(app);
  process.kill(app.pid, 'SIGTERM');
  expect(await app.exited).toBe(0);
  expect(existsSync(join(desk.dataDir, 'trackeep.db-wal'))).toBe(false);
});

describe('closing the window', () => {
  it('leaves the app running in the tray, from where the window opens again', async () => {
    const app = await desk.start();
    await app.page();
    await app.closeWindow();
    await app.sees('the window is gone', ({ windows }) => windows.length === 0);
    await app.clickTray('Open Trackeep Tray');
    await app.page();
  });
});

describe.runIf(process.platform === 'linux')('on a desktop that shows no tray icons', () => {
  it('window and command line work all the same', async () => {
    const app = await desk.start({ tray: 'missing' });
    await app.page();
    expect(await runCli(['status', '--data', desk.dataDir])).toMatchObject({ code: 0 });
  });

  it('closing the window quits, since nothing would show that the app still runs', async () => {
    const app = await desk.start({ tray: 'missing' });
    await app.page();
    await app.closeWindow();
    expect(await app.exited).toBe(0);
  });

  it('a hidden start has a window all the same, out of the way but to be found', async () => {
    const app = await desk.start({ tray: 'missing', args: ['--hidden'] });
    await app.sees('the window is minimised', ({ windows }) => windows[0]?.minimized || windows[0]?.visible === false);
  });
});
