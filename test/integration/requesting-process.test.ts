import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readlinkSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { join, resolve } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/main/core/clock.ts';
import { createProcessObserver } from '../../src/main/issuer/requesting-process.ts';
import { createManualClock } from '../support/manual-clock.ts';
import { asOrdinaryUser } from '../support/ordinary-user.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

// By a clock that stands still: a busy machine with hundreds of processes takes longer than a search may last.
const observer = createProcessObserver({ clock: createManualClock() });
const us = process.getuid?.();
const ourPath = process.platform === 'linux' ? readlinkSync('/proc/self/exe') : '';

async function listen(host = '127.0.0.1'): Promise<{ server: Server; port: number }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => sockets.add(socket.on('error', () => {})));
  server.listen(0, host);
  await once(server, 'listening');
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return { server, port: (server.address() as AddressInfo).port };
}

async function accepted(server: Server): Promise<Socket> {
  const [socket] = await once(server, 'connection');
  return socket;
}

/** A client that connects to the port and host in its environment and stays. */
const CLIENT = `require('node:net').connect(Number(process.env.PORT), process.env.CLIENT_HOST)`;

function start(
  port: number,
  command: string,
  args: string[],
  { cwd, host = '127.0.0.1' }: { cwd?: string; host?: string } = {},
): ChildProcess {
  const env = { ...process.env, PORT: String(port), CLIENT_HOST: host };
  const child = spawn(command, args, { env, cwd, stdio: 'ignore' });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

describe.runIf(process.platform === 'linux')('the process behind a connection', () => {
  it('is told by pid, executable and script', async () => {
    const script = join(temporaryFolder(), 'agent.cjs');
    writeFileSync(script, CLIENT);
    const { server, port } = await listen();
    const { pid } = start(port, process.execPath, [script, '--token=s3cret']);

    const seen = await observer.observe(await accepted(server));

    expect(seen).toEqual({ uid: us, program: { pid, name: script, path: ourPath } });
  });

  it('is told with the whole path of a script that was started by a short one', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'agent.cjs'), CLIENT);
    const { server, port } = await listen();
    start(port, process.execPath, ['agent.cjs'], { cwd: folder });
    expect((await observer.observe(await accepted(server)))?.program?.name).toBe(join(folder, 'agent.cjs'));
  });

  it.each([
    ['its code', ['-e', `${CLIENT} // s3cret`], 'node'],
    ['an option and a file', ['--no-warnings', '-e', CLIENT, '/etc/hostname'], 'node'],
    ['a title of its own', ['-e', `process.title = 'agent'; ${CLIENT}`], 'agent'],
  ])('is told without its command line when that begins with %s', async (_what, args, name) => {
    // Were the options taken for files, they would be found.
    const cwd = temporaryFolder();
    for (const option of ['-e', '--no-warnings']) writeFileSync(join(cwd, option), '');
    const { server, port } = await listen();
    const { pid } = start(port, process.execPath, args, { cwd });
    expect(await observer.observe(await accepted(server))).toEqual({
      uid: us,
      program: { pid, name, path: ourPath },
    });
  });

  it('is told by the name the system has for it when it is no interpreter of scripts', async () => {
    const { server, port } = await listen();
    // A file as first argument means nothing here.
    const { pid } = start(port, 'curl', ['--silent', '--config', '/dev/null', `http://127.0.0.1:${port}/`]);
    expect(await observer.observe(await accepted(server))).toEqual({
      uid: us,
      program: { pid, name: 'curl', path: expect.stringMatching(/\/curl$/) },
    });
  });

  it.each([
    ['::1', '::1'],
    ['::', '::1'],
    ['::', '127.0.0.1'],
    ['127.0.0.1', '::ffff:127.0.0.1'],
  ])('is found on a listener on %s that was reached by %s', async (listening, host) => {
    const { server, port } = await listen(listening);
    const { pid } = start(port, process.execPath, ['-e', CLIENT], { host });
    expect((await observer.observe(await accepted(server)))?.program?.pid).toBe(pid);
  });

  it('is told apart from others of the same instant', async () => {
    const { server, port } = await listen();
    const sockets: Socket[] = [];
    const all = new Promise<void>((done) => {
      server.on('connection', (socket) => {
        if (sockets.push(socket) === 24) done();
      });
    });
    const three = `for (let i = 0; i < 3; i++) ${CLIENT}.write(String(process.pid))`;
    for (let index = 0; index < 8; index++) start(port, process.execPath, ['-e', three]);
    await all;

    const pairs = await Promise.all(
      sockets.map(async (socket) => {
        const told = once(socket, 'data');
        const seen = await observer.observe(socket);
        return [Number(String((await told)[0])), seen?.program?.pid];
      }),
    );

    expect(new Set(pairs.map(([claimed]) => claimed)).size).toBe(8);
    for (const [claimed, seen] of pairs) expect(seen).toBe(claimed);
  });

  it('is the one that holds the connection now, and not one that was seen with it seconds before', async () => {
    const clock = createManualClock();
    const observer = createProcessObserver({ clock });
    const { server, port } = await listen();
    // Hands its connection to a child that goes on with it, as its standard input, and ends itself.
    const heir = `setInterval(() => {}, 1000)`;
    const handOver = `const socket = ${CLIENT}; socket.once('data', () => {
      require('node:child_process').spawn(process.execPath, ['-e', ${JSON.stringify(heir)}],
        { stdio: [socket, 'ignore', 'ignore'], detached: true }).once('spawn', () => process.exit());
    })`;
    const first = start(port, process.execPath, ['-e', handOver]);
    const socket = await accepted(server);
    const before = await observer.observe(socket);
    expect(before?.program?.pid).toBe(first.pid);

    const gone = once(first, 'exit');
    socket.write('go on');
    await gone;
    expect(await observer.observe(socket)).toEqual(before);
    await clock.advance(5_000);
    const after = await observer.observe(socket);
    const heirPid = after?.program?.pid ?? 0;
    onTestFinished(() => void (heirPid > 0 && process.kill(heirPid, 'SIGKILL')));

    expect(heirPid).toBeGreaterThan(0);
    expect(heirPid).not.toBe(first.pid);
  });

  it('is nobody when the connection is over', async () => {
    const { server, port } = await listen();
    const client = start(port, process.execPath, ['-e', CLIENT]);
    const socket = await accepted(server);
    const { remoteAddress, remotePort, localAddress, localPort } = socket;
    socket.resume();
    const over = once(socket, 'close');
    client.kill('SIGKILL');
    await over;
    expect(await observer.observe(socket)).toBeNull();
    expect(await observer.observe({ remoteAddress, remotePort, localAddress, localPort })).toBeNull();
  });

  it('is found without holding up the event loop', async () => {
    const { server, port } = await listen();
    start(port, process.execPath, ['-e', CLIENT]);
    const socket = await accepted(server);
    let turns = 0;
    let looking = true;
    const count = () => {
      turns++;
      if (looking) setImmediate(count);
    };
    setImmediate(count);
    await observer.observe(socket);
    looking = false;
    expect(turns).toBeGreaterThan(3);
  });

  // Only root can become somebody else.
  it.runIf(us === 0)('of another user is not looked into; the user is told all the same', async () => {
    const folder = temporaryFolder();
    const { server, port } = await listen();
    writeFileSync(join(folder, 'port'), String(port));
    const running = asOrdinaryUser(folder, 0o700, resolve(import.meta.dirname, '../support/observer-child.ts'));
    const socket = await accepted(server);

    const fromHere = await observer.observe(socket);
    socket.write('done');
    const there = JSON.parse(await running);

    expect(there.uid).not.toBe(us);
    expect(there.seen).toEqual({ uid: us, program: null });
    // Root may look into everything.
    expect(fromHere).toMatchObject({ uid: there.uid, program: { pid: there.pid } });
  });
});

describe('nothing is said', () => {
  const here = { remoteAddress: '127.0.0.1', localAddress: '127.0.0.1' };

  it.each([
    ['a socket without addresses', {}],
    ['a connection that is not there', { ...here, remotePort: 1, localPort: 1 }],
    ['an address that is not loopback', { ...here, remoteAddress: '192.0.2.1', remotePort: 1, localPort: 1 }],
    ['an address that is none', { ...here, remoteAddress: '127.0.0.1.evil', remotePort: 1, localPort: 1 }],
  ])('of %s', async (_what, socket) => {
    expect(await observer.observe(socket)).toBeNull();
  });

  it('on systems without /proc', async () => {
    const { server, port } = await listen();
    const client = connect(port, '127.0.0.1');
    onTestFinished(() => void client.destroy());
    const elsewhere = createProcessObserver({ clock: systemClock(), platform: 'darwin' });
    expect(await elsewhere.observe(await accepted(server))).toBeNull();
  });
});
