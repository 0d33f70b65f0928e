import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { cleanEnvironment, runCli, startApp } from '../support/app.ts';
import { openWebSession } from '../support/web-session.ts';

/** Another program that listens where the app wants to. */
async function otherProgram(): Promise<{ port: number } & AsyncDisposable> {
  const server = createServer((_request, response) => response.end('another program'));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'trackeep-case-9-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

describe('a port that another program holds', () => {
  it('ends the start, naming the port and what sets it', async () => {
    await using other = await otherProgram();
    await using folder = await temporaryFolder();
    const port = String(other.port);
    const result = await runCli(['serve', '--vault', 'file', '--port', port, '--data', folder.path]);
    expect(result.code).toBe(1);
    expect(result.stdout).toBe('');
    for (const part of [port, '--port', 'TRACKEEP_PORT']) expect(result.stderr).toContain(part);
  });

  it('is named in the JSON line as well, when the environment has set it', async () => {
    await using other = await otherProgram();
    await using folder = await temporaryFolder();
    const env = cleanEnvironment({ TRACKEEP_PORT: String(other.port) });
    const { code, stdout } = await runCli(['serve', '--json', '--vault', 'file', '--data', folder.path], env);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      event: 'failed',
      error: 'port_in_use',
      message: expect.stringContaining(String(other.port)),
      remedy: expect.stringContaining('TRACKEEP_PORT'),
    });
  });

  it('keeps nothing from starting there later: no lock, no socket is left', async () => {
    await using folder = await temporaryFolder();
    const start = (port: number) => [
      'serve',
      '--json',
      '--vault',
      'file',
      '--port',
      String(port),
      '--data',
      folder.path,
    ];
    let port: number;
    {
      await using other = await otherProgram();
      port = other.port;
      expect(await runCli(start(port))).toMatchObject({ code: 1 });
    }
    const app = await startApp({ dataDir: folder.path, args: ['--port', String(port)] });
    expect(app.ready.issuer).toBe(`http://127.0.0.1:${port}`);
    await app.stop();
  });

  it('may be held by an app of our own on another data folder: that is another program, too', async () => {
    const app = await startApp();
    await using folder = await temporaryFolder();
    const { port } = new URL(app.ready.issuer);
    const result = await runCli(['serve', '--json', '--vault', 'file', '--port', port, '--data', folder.path]);
    expect(result.code).toBe(1);
    expect(JSON.parse(result.stdout)).toMatchObject({ error: 'port_in_use' });
    await app.stop();
  });
});

describe('a second instance on the same data folder', () => {
  it('hands over to the first and exits with 0', async () => {
    const app = await startApp();
    const second = await app.cli('serve', '--json', '--vault', 'file', '--port', '0');
    expect(second.code).toBe(0);
    const { event, ui } = JSON.parse(second.stdout) as { event: string; ui: string };
    expect(event).toBe('already_running');
    // The link is the first one's, and it logs in.
    expect((await openWebSession(ui)).address).toBe(app.ready.issuer);
    await app.stop();
  });

  it('says so in words to a person', async () => {
    const app = await startApp();
    const second = await app.cli('serve', '--vault', 'file');
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining(`${app.ready.issuer}/ui/#login=`) });
    await app.stop();
  });

  it('does so as well when both were started in the same moment', async () => {
    await using folder = await temporaryFolder();
    const start = () => startApp({ dataDir: folder.path });
    const outcomes = await Promise.allSettled([start(), start()]);
    const apps = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
    const others = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => String(reason));
    expect(apps).toHaveLength(1);
    expect(others).toEqual([expect.stringContaining('"already_running"')]);
    for (const app of apps) await app.stop();
  });
});
