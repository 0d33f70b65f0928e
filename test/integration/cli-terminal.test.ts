import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import type { TrackingView } from '../../src/shared/tracking-views.ts';
import { cleanEnvironment } from '../support/app.ts';
import { CLI, type CliRoom, listenTo, openCliRoom } from '../support/cli-room.ts';
import { aConnection, aFlow, aStatus, someSettings } from '../support/stand-in-control.ts';

const aTracking: TrackingView = {
  accounts: [],
  stored: { repositories: 0, commits: 0, pullRequests: 0, events: 0, databaseBytes: 0 },
  ...{ waiting: 0, version: 1 },
  webhooks: {
    ...{ url: 'http://127.0.0.1:9090/webhooks/github', hasSecret: false, lastDeliveryAt: null },
    ...{ channel: null, channelState: 'off' },
  },
};

/** Runs a command on a pseudo-terminal of its own, by util-linux's `script`, which is on every Linux. */
function onTerminal(room: CliRoom, command: string, env: Record<string, string> = {}): ChildProcess {
  // exec: a shell that stays in between would be interrupted as well, and answer for the command.
  const line = `exec '${process.execPath}' '${CLI}' ${command} --data '${room.dataDir}'`;
  // Empty counts as unset; without a display no browser comes up.
  const plain = { TERM: 'xterm', NO_COLOR: '', DISPLAY: '', WAYLAND_DISPLAY: '' };
  return spawn('script', ['--quiet', '--flush', '--return', '--command', line, '/dev/null'], {
    env: cleanEnvironment({ ...plain, ...env }),
  });
}

describe.skipIf(process.platform !== 'linux')('on a terminal', () => {
  const revoked = { upstream: 'revoked' as const, message: 'The token was revoked.', manualUrl: null };

  it.each([
    ['y\n', true],
    ['n\n', false],
    ['\n', false],
    ['\x04', false],
  ])('disconnect names what is lost and asks; %j is taken for %s', async (answer, goesOn) => {
    const asked: unknown[] = [];
    await using room = await openCliRoom({
      'connections.list': () => [aConnection],
      'connections.disconnect': (input) => {
        asked.push(input);
        return revoked;
      },
    });
    const child = onTerminal(room, 'disconnect');
    const heard = listenTo(child);
    await heard.said('Type y to go on');
    expect(heard.text()).toMatch(/octocat on github\.com.*programs that use it stop working/s);
    expect(heard.text()).toMatch(/history of its repositories that is kept on this machine is deleted/);
    child.stdin?.write(answer);
    expect(await once(child, 'close')).toEqual([goesOn ? 0 : 1, null]);
    expect(asked).toEqual(goesOn ? [{ id: aConnection.id }] : []);
  });

  it('disconnect does not ask with --yes', async () => {
    await using room = await openCliRoom({
      'connections.list': () => [aConnection],
      'connections.disconnect': () => revoked,
    });
    const child = onTerminal(room, 'disconnect --yes');
    const heard = listenTo(child);
    expect(await once(child, 'close')).toEqual([0, null]);
    expect(heard.text()).not.toContain('Type y');
  });

  it.each([
    ['y\n', 1],
    ['\n', 0],
  ])('clients revoke --all names what is lost and asks; %j', async (answer, times) => {
    let revoked = 0;
    await using room = await openCliRoom({ 'clients.revokeAll': () => ({ grants: ++revoked }) });
    const child = onTerminal(room, 'clients revoke --all');
    const heard = listenTo(child);
    await heard.said('Type y to go on');
    expect(heard.text()).toMatch(/every program.*tokens stop working at once/s);
    child.stdin?.write(answer);
    expect(await once(child, 'close')).toEqual([times === 1 ? 0 : 1, null]);
    expect(revoked).toBe(times);
  });

  it.each([
    ['y\n', 1],
    ['\n', 0],
  ])('tracking forget names what is lost and asks; %j', async (answer, times) => {
    let forgotten = 0;
    await using room = await openCliRoom({
      'connections.list': () => [aConnection],
      'settings.get': () => someSettings,
      'tracking.forget': () => {
        forgotten += 1;
        return aTracking;
      },
    });
    const child = onTerminal(room, 'tracking forget octocat');
    const heard = listenTo(child);
    await heard.said('Type y to go on');
    expect(heard.text()).toMatch(/octocat on github\.com.*commits, pull requests.*fetched again.*lost for good/s);
    child.stdin?.write(answer);
    expect(await once(child, 'close')).toEqual([times === 1 ? 0 : 1, null]);
    expect(forgotten).toBe(times);
  });

  it('connect counts down, and Ctrl-C cancels', async () => {
    const cancelled: unknown[] = [];
    await using room = await openCliRoom({
      'connections.begin': () => ({ ...aFlow, expiresAt: new Date(Date.now() + 600_000).toISOString() }),
      'connections.flow': () => ({ ...aFlow, state: 'cancelled' }),
      'connections.cancel': (input) => {
        cancelled.push(input);
        room.bus.emit('flow', input);
        return { ...aFlow, state: 'cancelled' };
      },
    });
    const child = onTerminal(room, 'connect github --device');
    const heard = listenTo(child);
    await heard.said('left, Ctrl-C cancels');
    child.stdin?.write('\x03');
    expect(await once(child, 'close')).toEqual([1, null]);
    expect(cancelled).toEqual([{ id: aFlow.id }]);
  });

  it('colours repeat what the words say, and go where they are not wanted', async () => {
    await using room = await openCliRoom({ 'status.get': () => aStatus });
    const say = async (env: Record<string, string>) => {
      const child = onTerminal(room, 'status', env);
      const heard = listenTo(child);
      await once(child, 'close');
      return heard.text();
    };
    expect(await say({})).toContain('\x1b[32m● All good\x1b[0m');
    for (const env of [{ NO_COLOR: '1' }, { TERM: 'dumb' }]) expect(await say(env)).not.toContain('\x1b[');
  });
});
