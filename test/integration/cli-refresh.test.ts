import { describe, expect, it } from 'vitest';
import { refresh } from '../../src/main/cli/commands/refresh.ts';
import { AppError } from '../../src/main/core/errors.ts';
import { openCliRoom } from '../support/cli-room.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { aConnection } from '../support/stand-in-control.ts';

const expiring = { ...aConnection, accessExpiresAt: new Date(Date.now() + 8.5 * 3_600_000).toISOString() };
const hubot = { ...aConnection, id: '6a6b1c1e-8a43-4c86-9b3a-0b6d1d1f6c22', login: 'hubot' };
const offline = new AppError('offline', 'GitHub cannot be reached.', { remedy: 'Look at the cable.' });

describe('trackeep refresh', () => {
  it('renews all accounts and says until when they are good', async () => {
    await using room = await openCliRoom({
      'connections.list': () => [aConnection, hubot],
      'connections.refresh': ({ id }) => (id === hubot.id ? hubot : expiring),
    });
    expect(await room.trackeep('refresh')).toEqual({
      code: 0,
      stdout: [
        '● github.com/octocat is fresh, and expires in 8 hours',
        '● github.com/hubot is good, and does not expire',
        '',
      ].join('\n'),
      stderr: '',
    });
  });

  it.each(['hubot', 'github.com/hubot', hubot.id])('renews %s alone where it is named', async (account) => {
    const asked: unknown[] = [];
    await using room = await openCliRoom({
      'connections.list': () => [aConnection, hubot],
      'connections.refresh': (input) => {
        asked.push(input);
        return hubot;
      },
    });
    expect(JSON.parse((await room.trackeep('refresh', account, '--json')).stdout)).toEqual([hubot]);
    expect(asked).toEqual([{ id: hubot.id }]);
  });

  it('goes on with the others when one fails, and says what went wrong', async () => {
    await using room = await openCliRoom({
      'connections.list': () => [aConnection, hubot],
      'connections.refresh': ({ id }) => (id === hubot.id ? hubot : Promise.reject(offline)),
    });
    expect(await room.trackeep('refresh')).toEqual({
      code: 1,
      stdout: '● github.com/hubot is good, and does not expire\n',
      stderr: '▲ github.com/octocat: GitHub cannot be reached.\n  Look at the cable.\n',
    });
    const { code, stdout } = await room.trackeep('refresh', '--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      [{ id: aConnection.id, error: 'offline', message: offline.message, remedy: offline.remedy }, hubot],
    ]);
  });

  it('exits with 4 for an account that must be connected anew, and where there is none', async () => {
    const over = new AppError('needs_reconnect', 'GitHub needs you to sign in again.');
    await using room = await openCliRoom({
      'connections.list': () => [aConnection],
      'connections.refresh': () => Promise.reject(over),
    });
    expect(await room.trackeep('refresh', 'octocat')).toMatchObject({ code: 4 });
    expect(await room.trackeep('refresh', 'nobody')).toMatchObject({ code: 4, stdout: '' });
  });

  it('exits with 3 when the app ends meanwhile', async () => {
    await using room = await openCliRoom({
      'connections.list': () => [aConnection],
      'connections.refresh': () => {
        void room.stopApp();
        return new Promise(() => {});
      },
    });
    expect(await room.trackeep('refresh')).toMatchObject({ code: 3, stdout: '' });
  });

  it('waits for half a minute, however many accounts hang', async () => {
    const clock = createManualClock();
    const said: string[] = [];
    const plain = (text: string) => text;
    const answers: Record<string, () => Promise<unknown>> = {
      'connections.list': async () => [aConnection, hubot],
      'connections.refresh': () => new Promise(() => {}),
    };
    const ended = refresh.run({
      ...{ argument: () => undefined, option: () => undefined, has: () => false },
      ...{ json: false, dataDir: '', commands: [], clock },
      app: () => Promise.reject(new Error('not expected')),
      call: ((name: string) => answers[name]?.()) as never,
      terminal: {
        ...{ interactive: false, live: false, bold: plain, dim: plain, green: plain, yellow: plain, red: plain },
        ...{ print: () => {}, write: async () => {}, json: () => {}, transient: () => {} },
        warn: (...lines) => said.push(...lines),
      },
    });
    await clock.advance(29_999);
    expect(said).toEqual([]);
    await clock.advance(1);
    expect(await ended).toBe(1);
    expect(said.filter((line) => line.includes('30 seconds'))).toHaveLength(2);
  });
});

describe('trackeep flow', () => {
  it('explains the life of a token without the app', async () => {
    await using room = await openCliRoom();
    await room.stopApp();
    const { code, stdout } = await room.trackeep('flow');
    expect(code).toBe(0);
    const steps = JSON.parse((await room.trackeep('flow', '--json')).stdout) as { title: string; text: string }[];
    expect(steps.length).toBeGreaterThan(3);
    const words = stdout.replaceAll(/\s+/g, ' ');
    for (const { title, text } of steps) expect(words).toContain(`${title} ${text}`);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});

describe('trackeep export', () => {
  const kept = {
    ...{ connectionId: aConnection.id, to: 'env_file' as const, path: '/home/jane/github.env' },
    ...{ writtenAt: '2026-11-01T12:00:00.000Z', problem: null },
  };
  const jira = { ...hubot, platform: 'jira' as const };

  it('adds a file of the only GitHub account, by its absolute path', async () => {
    const asked: unknown[] = [];
    await using room = await openCliRoom({
      'connections.list': () => [jira, aConnection],
      'exports.add': (input) => {
        asked.push(input);
        return kept;
      },
    });
    const { stdout } = await room.trackeep('export', '--file', 'github.env');
    expect(stdout).toBe('The token of octocat is kept current in /home/jane/github.env.\n');
    expect(asked).toEqual([
      { connectionId: aConnection.id, to: 'env_file', path: expect.stringMatching(/^(\/|[A-Z]:\\).*github\.env$/) },
    ]);
  });

  it('tells a person and an app’s installation of one name apart by the id', async () => {
    const installation = { ...hubot, login: 'octocat', kind: 'app_installation' as const };
    await using room = await openCliRoom({ 'connections.list': () => [aConnection, installation] });
    const { code, stderr } = await room.trackeep('export', '--gh', '--account', 'octocat');
    expect(code).toBe(2);
    expect(stderr).toContain(`github.com/octocat (${installation.id})`);
  });

  it('takes away what lies there, whosever it is', async () => {
    const asked: unknown[] = [];
    await using room = await openCliRoom({
      'connections.list': () => [aConnection, hubot],
      'exports.list': () => [{ ...kept, connectionId: hubot.id }],
      'exports.remove': (input) => {
        asked.push(input);
        return {};
      },
    });
    expect(await room.trackeep('export', '--file', kept.path, '--remove')).toMatchObject({ code: 0 });
    expect(asked).toEqual([{ connectionId: hubot.id, to: 'env_file' }]);
    expect(await room.trackeep('export', '--gh', '--remove')).toMatchObject({ code: 1 });
    expect(await room.trackeep('export', '--remove')).toMatchObject({ code: 2 });
    expect(await room.trackeep('export', '--gh', '--file', 'x')).toMatchObject({ code: 2 });
  });

  it('lists what is kept, with its trouble', async () => {
    const problem = new AppError('disk_full', 'There is no space left.').toView();
    await using room = await openCliRoom({
      'connections.list': () => [aConnection],
      'exports.list': () => [
        { ...kept, problem },
        { ...kept, to: 'gh' as const, path: null, writtenAt: null },
      ],
    });
    const { stdout } = await room.trackeep('export');
    expect(stdout).toMatch(
      /github\.com\/octocat {2}\/home\/jane\/github\.env {2}written .* {2}▲ There is no space left/,
    );
    expect(stdout).toMatch(/github\.com\/octocat {2}GitHub CLI +not written yet/);
  });
});
