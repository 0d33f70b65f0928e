import { createServer } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli, startApp } from '../support/app.ts';
import { createDesk, type Desk } from '../support/desktop.ts';

let desk: Desk;
beforeEach(() => {
  desk = createDesk();
});
afterEach(() => desk.clear());

describe('a second start on the same data folder', () => {
  it('brings the window of the first to the front and ends with 0', async () => {
    const first = await desk.start();
    await first.page();
    await first.minimizeWindow();
    expect(await desk.runToEnd()).toMatchObject({ code: 0 });
    await first.sees('its window is in front', ({ windows }) => windows[0]?.visible && !windows[0].minimized);
    expect((await first.read()).windows).toHaveLength(1);
  });

  it('opens the window of one that was started hidden', async () => {
    const first = await desk.start({ args: ['--hidden'] });
    await first.sees('the tray is there', ({ tray }) => tray.menu.length > 0);
    expect((await first.read()).windows).toEqual([]);
    await desk.runToEnd();
    await first.page();
  });

  it('opens none when it is itself to be hidden, as at login', async () => {
    const first = await desk.start({ args: ['--hidden'] });
    await first.sees('the tray is there', ({ tray }) => tray.menu.length > 0);
    expect(await desk.runToEnd({ args: ['--hidden'] })).toMatchObject({ code: 0 });
    expect((await first.read()).windows).toEqual([]);
  });

  it('hands over to a headless host: opens its web UI in the browser and ends with 0', async () => {
    const headless = await startApp({ dataDir: desk.dataDir });
    try {
      const { code, output } = await desk.runToEnd();
      expect(code).toBe(0);
      expect(output).toMatch(new RegExp(`^opened: ${headless.ready.issuer}/ui/#login=`, 'm'));
    } finally {
      await headless.stop();
    }
  });
});

it('the command line speaks to the desktop app, and `open` shows its window', async () => {
  const app = await desk.start({ args: ['--hidden'] });
  await app.sees('the tray is there', ({ tray }) => tray.menu.length > 0);
  const status = await runCli(['status', '--json', '--data', desk.dataDir]);
  expect(JSON.parse(status.stdout)).toMatchObject({ app: { host: 'desktop', pid: app.pid } });
  await runCli(['open', '--data', desk.dataDir]);
  await app.page();
});

it('a port that another program holds is told in a dialog that names port and setting, and the start ends with 1', async () => {
  const other = createServer();
  await new Promise<void>((listening) => other.listen(0, '127.0.0.1', listening));
  const address = other.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  try {
    const { code, output } = await desk.runToEnd({ env: { TRACKEEP_PORT: port } });
    expect(code).toBe(1);
    const box = output.slice(output.indexOf('error box: '));
    expect(box).toContain(port);
    expect(box).toContain('TRACKEEP_PORT');
  } finally {
    other.close();
  }
});

it('a wrong setting is told in a dialog that names it', async () => {
  const { code, output } = await desk.runToEnd({ args: ['--port', 'ninety'] });
  expect(code).toBe(1);
  expect(output.slice(output.indexOf('error box: '))).toContain('--port');
});
