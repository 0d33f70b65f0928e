import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import type { Handlers } from '../../src/main/control/control.ts';
import { AppError } from '../../src/main/core/errors.ts';
import type { Output } from '../../src/shared/contract.ts';
import { type CliRoom, openCliRoom } from '../support/cli-room.ts';
import { aConnection } from '../support/stand-in-control.ts';

const { id } = aConnection;
const TOKEN = 'ghu_0123456789abcdefghij';
const CHOSEN: Output<'credentials.explain'> = {
  connectionId: id,
  candidates: [{ connectionId: id, account: 'github.com/octocat', fits: true, reason: 'It is the account.' }],
};
const NONE = { ...CHOSEN, connectionId: null };
const GITHUB = ['protocol=https', 'host=github.com'];

/** The app, and everything it was asked. */
async function openRoom(handlers: Partial<Handlers> = {}) {
  const asked: unknown[] = [];
  const note =
    <T>(name: string, answer: T) =>
    (input: unknown) => {
      asked.push([name, input]);
      return answer;
    };
  const room = await openCliRoom({
    'credentials.explain': note('explain', CHOSEN),
    'credentials.get': note('get', { token: TOKEN, expiresAt: '2026-11-01T13:00:00.900Z' }),
    'connections.refresh': note('refresh', aConnection),
    ...handlers,
  });
  return { room, asked, [Symbol.asyncDispose]: () => room[Symbol.asyncDispose]() };
}

/** Speaks to the helper as git does. */
async function say(room: CliRoom, operation: string, lines: readonly string[] | Buffer, ...options: string[]) {
  const child = room.start('git-credential', operation, ...options);
  // The helper may have heard enough before the end.
  child.stdin?.on('error', () => undefined);
  child.stdin?.end(Array.isArray(lines) ? `${lines.join('\n')}\n\n` : lines);
  if (!child.stdout || !child.stderr) throw new Error('The helper has no pipes.');
  const [[code], stdout, stderr] = await Promise.all([once(child, 'close'), text(child.stdout), text(child.stderr)]);
  return { code, stdout, stderr };
}

const SILENT = { code: 0, stdout: '', stderr: '' };

describe('trackeep git-credential get', () => {
  it('answers with a token of the account that fits, and until when it is good', async () => {
    await using app = await openRoom();
    const address = [...GITHUB, 'username=octocat', 'path=acme/gärten.git', 'wwwauth[]=Basic realm="GitHub"'];
    expect(await say(app.room, 'get', address)).toEqual({
      code: 0,
      stdout: `username=x-access-token\npassword=${TOKEN}\npassword_expiry_utc=1793538000\n`,
      stderr: '',
    });
    expect(app.asked).toEqual([['get', { host: 'github.com', path: 'acme/gärten.git', username: 'octocat' }]]);
  });

  it('names no end where there is none', async () => {
    await using app = await openRoom({ 'credentials.get': () => ({ token: TOKEN, expiresAt: null }) });
    const { stdout } = await say(app.room, 'get', GITHUB);
    expect(stdout).toBe(`username=x-access-token\npassword=${TOKEN}\n`);
  });

  it.each([
    ['http', 'github.com'],
    ['http', '127.0.0.1.example.com'],
    ['http', 'localhost.example.com:80'],
    ['ssh', 'github.com'],
    ['file', 'localhost'],
  ])('gives nothing over %s to %s', async (protocol, host) => {
    await using app = await openRoom();
    expect(await say(app.room, 'get', [`protocol=${protocol}`, `host=${host}`])).toEqual(SILENT);
    expect(app.asked).toEqual([]);
  });

  it.each(['127.0.0.1:40123', 'localhost', '[::1]:8080'])('takes plain http to %s', async (host) => {
    await using app = await openRoom();
    const { stdout } = await say(app.room, 'get', ['protocol=http', `host=${host}`]);
    expect(stdout).toContain(TOKEN);
  });

  it('says nothing for a host of others', async () => {
    await using app = await openRoom({ 'credentials.get': () => null, 'credentials.explain': () => NONE });
    expect(await say(app.room, 'get', ['protocol=https', 'host=gitlab.example.com'])).toEqual(SILENT);
    expect(await say(app.room, 'get', [...GITHUB, 'path=acme/garden.git'])).toEqual(SILENT);
  });

  it('tells what keeps git from its token when git could say more', async () => {
    const reason = 'Git did not tell the repository.';
    const candidates = [{ connectionId: id, account: 'github.com/ac\u001bme', fits: false, reason }];
    await using app = await openRoom({
      'credentials.get': () => null,
      'credentials.explain': () => ({ connectionId: null, candidates }),
    });
    expect(await say(app.room, 'get', GITHUB)).toEqual({
      code: 0,
      stdout: '',
      stderr: 'trackeep: github.com/ac\ufffdme: Git did not tell the repository.\n',
    });
  });

  it.each([
    ['nothing', Buffer.alloc(0)],
    ['an empty line', ['']],
    ['no host', ['protocol=https']],
    ['no protocol', ['host=github.com']],
    ['an empty host', ['protocol=https', 'host=']],
    ['no pairs', ['github.com', '=', '=https', 'protocol']],
    ['another shell', Buffer.from('{"host":"github.com"}')],
    ['bytes of no text', Buffer.from([0xff, 0xfe, 0x00, 0x0a, 0x80])],
    ['far too much', Buffer.alloc(3_000_000, 'host=github.com\nprotocol=https\n')],
  ])('gives nothing for %s', async (_, input) => {
    await using app = await openRoom();
    const { code, stdout } = await say(app.room, 'get', input);
    expect([stdout, app.asked]).toEqual(['', []]);
    expect([0, 2]).toContain(code);
  });

  it('takes what comes in pieces, and waits for the rest', async () => {
    await using app = await openRoom();
    const child = app.room.start('git-credential', 'get');
    if (!child.stdin || !child.stdout) throw new Error('The helper has no pipes.');
    const answer = text(child.stdout);
    for (const piece of ['proto', 'col=https\nho', 'st=github.com\n', '\n']) {
      await new Promise((written) => child.stdin?.write(piece, written));
    }
    expect(await answer).toContain(TOKEN);
  });

  it('takes the last of several, and nothing after the empty line', async () => {
    await using app = await openRoom();
    const lines = ['host=gitlab.com', '__proto__=x', 'protocol=https\r', 'host=github.com\r', '\r', 'host=evil.com'];
    await say(app.room, 'get', lines);
    expect(app.asked).toEqual([['get', { host: 'github.com', path: null }]]);
  });

  it('refuses a host and a path that no server has', async () => {
    await using app = await openRoom();
    for (const lines of [
      ['protocol=https', `host=${'h'.repeat(300)}`],
      [...GITHUB, `path=${'p'.repeat(2_000)}`],
    ]) {
      expect(await say(app.room, 'get', lines)).toMatchObject({ stdout: '', stderr: expect.stringMatching(/\w/) });
    }
    expect(app.asked).toEqual([]);
  });

  it('leaves git to its next helper when the app is not running, and says so', async () => {
    await using app = await openRoom();
    await app.room.stopApp();
    expect(await say(app.room, 'get', GITHUB)).toEqual({
      code: 3,
      stdout: '',
      stderr: expect.stringContaining('trackeep serve'),
    });
  });

  it('says why there is no token, and never one', async () => {
    const refused = () => Promise.reject(new AppError('needs_reconnect', 'octocat needs you to sign in again.'));
    await using app = await openRoom({ 'credentials.get': refused });
    const { code, stdout, stderr } = await say(app.room, 'get', GITHUB);
    expect([code, stdout]).toEqual([4, '']);
    expect(stderr).toMatch(/octocat needs you to sign in again\./);
    const asDocument = await say(app.room, 'get', [...GITHUB, `password=${TOKEN}`], '--json');
    expect(JSON.parse(asDocument.stdout)).toMatchObject({ error: 'needs_reconnect' });
    expect(asDocument.stdout + asDocument.stderr).not.toContain(TOKEN);
  });
});

describe('trackeep git-credential store', () => {
  it('keeps nothing, whether or not the app is running', async () => {
    await using app = await openRoom();
    const given = [...GITHUB, 'username=x-access-token', `password=${TOKEN}`];
    expect(await say(app.room, 'store', given)).toEqual(SILENT);
    expect(app.asked).toEqual([]);
    await app.room.stopApp();
    expect(await say(app.room, 'store', given)).toEqual(SILENT);
  });
});

describe('trackeep git-credential erase', () => {
  const refused = [...GITHUB, 'path=acme/garden.git', 'username=x-access-token', `password=${TOKEN}`];

  it('has the token renewed that the server refused', async () => {
    await using app = await openRoom();
    expect(await say(app.room, 'erase', refused)).toEqual(SILENT);
    expect(app.asked).toEqual([
      ['explain', { host: 'github.com', path: 'acme/garden.git' }],
      ['refresh', { id }],
    ]);
  });

  it('leaves alone what another helper gave, or another host refused', async () => {
    await using app = await openRoom({ 'credentials.explain': () => NONE });
    expect(await say(app.room, 'erase', refused)).toEqual(SILENT);
    await using other = await openRoom();
    expect(await say(other.room, 'erase', [...GITHUB, 'username=octocat', 'password=s3cret'])).toEqual(SILENT);
    expect([...app.asked, ...other.asked]).toEqual([]);
  });

  it('is quiet when the app is not running, and tells of a sign-in that is over', async () => {
    await using app = await openRoom({
      'connections.refresh': () => Promise.reject(new AppError('needs_reconnect', 'octocat needs you.')),
    });
    expect(await say(app.room, 'erase', refused)).toMatchObject({
      code: 4,
      stderr: expect.stringContaining('octocat needs you'),
    });
    await app.room.stopApp();
    expect(await say(app.room, 'erase', refused)).toEqual(SILENT);
  });
});

describe('trackeep git-credential', () => {
  it('knows no other operation', async () => {
    await using app = await openRoom();
    expect(await say(app.room, 'list', GITHUB)).toMatchObject({ code: 2, stdout: '' });
  });
});

describe('trackeep whoami', () => {
  const candidates = [
    { connectionId: id, account: 'github.com/octocat', fits: true, reason: 'It is the account.' },
    { connectionId: aConnection.id.replace('4', '5'), account: 'github.com/hubot', fits: false, reason: 'It is not.' },
  ];
  const choice = { connectionId: id, candidates };

  it.each([
    ['https://github.com/acme/garden.git', { host: 'github.com', path: 'acme/garden.git' }],
    ['github.com/acme/garden', { host: 'github.com', path: 'acme/garden' }],
    ['https://hubot@GitHub.com:8443/', { host: 'github.com:8443', path: null, username: 'hubot' }],
  ])('asks for %s as git would', async (address, input) => {
    await using app = await openRoom();
    expect(await app.room.trackeep('whoami', address)).toEqual({ code: 0, stdout: 'github.com/octocat\n', stderr: '' });
    expect(app.asked).toEqual([['explain', input]]);
  });

  it('says why, and why not the others', async () => {
    await using app = await openRoom({ 'credentials.explain': () => choice });
    const { stdout } = await app.room.trackeep('whoami', 'github.com/acme/garden', '--why');
    expect(stdout).toBe(
      'github.com/octocat\n  ●  github.com/octocat  It is the account.\n  –  github.com/hubot    It is not.\n',
    );
    expect(JSON.parse((await app.room.trackeep('whoami', 'github.com', '--json')).stdout)).toEqual(choice);
  });

  it('exits with 4 where no account fits, and with 2 for what git asks no token of', async () => {
    await using app = await openRoom({ 'credentials.explain': () => ({ connectionId: null, candidates: [] }) });
    expect(await app.room.trackeep('whoami', 'gitlab.com/acme/garden', '--why')).toEqual({
      code: 4,
      stdout: 'No account fits gitlab.com; git asks its next helper.\n',
      stderr: '',
    });
    for (const address of ['git@github.com:acme/garden.git', 'ssh://git@github.com/acme/garden', '']) {
      expect(await app.room.trackeep('whoami', address)).toMatchObject({ code: 2, stdout: '' });
    }
  });
});
