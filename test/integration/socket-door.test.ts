import { once } from 'node:events';
import { chmod, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Handlers } from '../../src/main/control/control.ts';
import { AppError } from '../../src/main/core/errors.ts';
import { readControlKey, writeControlKey } from '../../src/main/http/control-key.ts';
import { createSocketDoor, type SocketDoor } from '../../src/main/http/socket.ts';
import { callRunningApp, connectToApp } from '../../src/main/http/socket-client.ts';
import type { ContractEvent } from '../../src/shared/contract.ts';
import { createQuietLogger } from '../support/quiet-logger.ts';
import { aConnection, someSettings, standInControl } from '../support/stand-in-control.ts';

/** A started door in a data folder of its own; everything is gone at the end. */
async function openDoor(handlers: Partial<Handlers> = {}, folder?: string) {
  const parent = await mkdtemp(join(tmpdir(), 'trackeep-socket-'));
  const dataDir = folder === undefined ? parent : join(parent, folder);
  await mkdir(dataDir, { recursive: true });
  await chmod(dataDir, 0o700);
  const { control, bus } = standInControl(handlers);
  const make = (): SocketDoor => createSocketDoor({ dataDir, control, logger: createQuietLogger() });
  const door = make();
  await door.start();
  return {
    dataDir,
    bus,
    door,
    make,
    async [Symbol.asyncDispose]() {
      await door.stop();
      await rm(parent, { recursive: true });
    },
  };
}

/** Writes lines by hand and reads every answer until the door hangs up. */
async function speak(dataDir: string, ...lines: string[]): Promise<string> {
  const { path } = readControlKey(dataDir)!;
  let text = '';
  const socket = connect(path, () => socket.write(lines.map((line) => `${line}\n`).join('')));
  socket.setEncoding('utf8').on('data', (piece: string) => {
    text += piece;
  });
  await once(socket, 'close');
  return text;
}

/** Pipes of Windows have no file modes, and no file. */
const onFiles = it.skipIf(process.platform === 'win32');

describe('the command socket', () => {
  it('answers any number of requests of one connection, also out of order', async () => {
    const slow = Promise.withResolvers<typeof someSettings>();
    await using room = await openDoor({
      'settings.get': () => slow.promise,
      'connections.list': () => [aConnection],
    });
    const connection = await connectToApp(room.dataDir);
    const settings = connection.call('settings.get', {});
    expect(await connection.call('connections.list', {})).toEqual([aConnection]);
    slow.resolve(someSettings);
    expect(await settings).toEqual(someSettings);
    connection.close();
  });

  it('carries an error with its code, its remedy and its time', async () => {
    const retryAt = Date.parse('2026-11-02T00:00:00Z');
    await using room = await openDoor({
      'updates.check': () => Promise.reject(new AppError('rate_limited', 'Not now.', { retryAt })),
    });
    const call = callRunningApp(room.dataDir, 'updates.check', {});
    await expect(call).rejects.toMatchObject({ code: 'rate_limited', message: 'Not now.', retryAt });
  });

  it('carries events to those who asked for them', async () => {
    await using room = await openDoor({ 'settings.get': () => someSettings, 'connections.list': () => [] });
    const listening = await connectToApp(room.dataDir);
    const heard = new Promise<ContractEvent>((resolve) => listening.subscribe(resolve));
    await listening.call('connections.list', {});
    room.bus.emit('notice', { kind: 'info', title: 'hello', body: '', page: null });
    expect(await heard).toMatchObject({ event: 'notice', data: { title: 'hello' } });
    listening.close();
  });

  onFiles('is open to this user alone', async () => {
    await using room = await openDoor();
    for (const file of ['control.sock', 'control.key']) {
      expect((await stat(join(room.dataDir, file))).mode & 0o777).toBe(0o600);
    }
  });
});

describe('a connection without the right key', () => {
  it.each([
    ['none', '{"id":1,"procedure":"connections.list"}'],
    ['a wrong one', JSON.stringify({ key: 'A'.repeat(43) })],
    ['a list of one', JSON.stringify({ key: ['x'] })],
    ['no JSON', 'GET / HTTP/1.1'],
  ])('is told so and cut: %s', async (_what, line) => {
    let asked = 0;
    await using room = await openDoor({
      'connections.list': () => {
        asked += 1;
        return [];
      },
    });
    const answer = await speak(room.dataDir, line, '{"id":2,"procedure":"connections.list"}');
    expect(answer.trim().split('\n')).toHaveLength(1);
    expect(JSON.parse(answer)).toMatchObject({ error: { code: expect.stringMatching(/not_permitted|bad_input/) } });
    expect(asked).toBe(0);
  });

  it('cannot be made from what an earlier run has left', async () => {
    await using room = await openDoor({ 'connections.list': () => [] });
    const old = await readFile(join(room.dataDir, 'control.key'), 'utf8');
    await room.door.stop();
    const next = room.make();
    await next.start();
    const { key } = JSON.parse(old) as { key: string };
    expect(await speak(room.dataDir, JSON.stringify({ key }))).toContain('not_permitted');
    await next.stop();
  });
});

describe('a peer that does not keep to the rules', () => {
  it.each([
    ['sends a line without end', `{"id":1,"procedure":"${'x'.repeat(1_100_000)}`],
    ['sends no request', '{"id":1,"hello":true}'],
    ['sends a number', '7'],
  ])('is cut when it %s, the others go on', async (_what, line) => {
    await using room = await openDoor({ 'connections.list': () => [] });
    const other = await connectToApp(room.dataDir);
    const { key } = readControlKey(room.dataDir)!;
    expect(await speak(room.dataDir, JSON.stringify({ key }), line)).toContain('bad_input');
    expect(await other.call('connections.list', {})).toEqual([]);
    other.close();
  });

  it('gets no more than so many answers at once', async () => {
    const slow = Promise.withResolvers<[]>();
    await using room = await openDoor({ 'connections.list': () => slow.promise });
    const connection = await connectToApp(room.dataDir);
    const calls = Array.from({ length: 65 }, () => connection.call('connections.list', {}));
    await expect(calls.at(-1)).rejects.toMatchObject({ code: 'rate_limited' });
    slow.resolve([]);
    await expect(Promise.all(calls.slice(0, 64))).resolves.toHaveLength(64);
    connection.close();
  });
});

describe('the place of the socket', () => {
  onFiles('is taken over from a run that was killed', async () => {
    await using room = await openDoor({ 'connections.list': () => [] });
    const { path } = readControlKey(room.dataDir)!;
    await room.door.stop();
    // What kill -9 leaves: a socket file with nobody behind it, and a key.
    const killed = createServer().listen(path);
    await once(killed, 'listening');
    await writeControlKey(room.dataDir, { path, key: 'old' });
    const next = room.make();
    await next.start();
    expect(await callRunningApp(room.dataDir, 'connections.list', {})).toEqual([]);
    await next.stop();
    killed.close();
  });

  onFiles('is a short private folder elsewhere when the data folder has a long path', async () => {
    await using room = await openDoor({ 'connections.list': () => [] }, 'long/'.repeat(40));
    const path = room.door.path() ?? '';
    expect(path.length).toBeLessThan(100);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
    expect(await callRunningApp(room.dataDir, 'connections.list', {})).toEqual([]);
    await room.door.stop();
    await expect(stat(dirname(path))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it('is left clean at the end', async () => {
    await using room = await openDoor();
    await room.door.stop();
    for (const file of ['control.sock', 'control.key']) {
      await expect(stat(join(room.dataDir, file))).rejects.toMatchObject({ code: 'ENOENT' });
    }
  });
});

describe('the end of the app', () => {
  it('waits for the answers under way', async () => {
    const slow = Promise.withResolvers<[]>();
    await using room = await openDoor({ 'connections.list': () => slow.promise });
    const connection = await connectToApp(room.dataDir);
    const call = connection.call('connections.list', {});
    // An answer on the same connection says that the slow one has been taken up before it.
    await connection.call('status.get', {}).catch(() => undefined);
    const stopped = room.door.stop();
    slow.resolve([]);
    expect(await call).toEqual([]);
    await stopped;
    await connection.closed;
  });

  it('is told to whoever still waits', async () => {
    const reached = Promise.withResolvers<void>();
    await using room = await openDoor({
      'connections.list': () => {
        reached.resolve();
        return new Promise(() => {});
      },
    });
    const connection = await connectToApp(room.dataDir);
    const told = expect(connection.call('connections.list', {})).rejects.toMatchObject({ code: 'app_not_running' });
    await reached.promise;
    await room.door.stop();
    await told;
  });
});

describe('without a running app', () => {
  it('a command learns so', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'trackeep-socket-'));
    const notRunning = expect.objectContaining({ code: 'app_not_running' });
    await expect(connectToApp(dataDir)).rejects.toEqual(notRunning);
    await expect(connectToApp(join(dataDir, 'nowhere'))).rejects.toEqual(notRunning);
    await writeFile(join(dataDir, 'control.key'), '{"pa');
    await expect(connectToApp(dataDir)).rejects.toEqual(notRunning);
    await writeFile(join(dataDir, 'control.key'), JSON.stringify({ path: join(dataDir, 'control.sock'), key: 'x' }));
    await expect(connectToApp(dataDir)).rejects.toEqual(notRunning);
    await rm(dataDir, { recursive: true });
  });
});
