import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cleanEnvironment, type RunningApp, runCli, type StartOptions, startApp } from '../support/app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
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

/** The app, stopped at the end of the test, whatever becomes of it. */
async function start(options: StartOptions = {}): Promise<RunningApp> {
  const app = await startApp(options);
  onTestFinished(() => app.stop());
  return app;
}

describe('a port that another program holds', () => {
  it('ends the start, naming the port and what sets it', async () => {
    await using other = await otherProgram();
    const folder = temporaryFolder();
    const port = String(other.port);
    const result = await runCli(['serve', '--vault', 'file', '--port', port, '--data', folder]);
    expect(result.code).toBe(1);
    expect(result.stdout).toBe('');
    for (const part of [port, '--port', 'TRACKEEP_PORT']) expect(result.stderr).toContain(part);
  });

  it('is named in the JSON line as well, when the environment has set it', async () => {
    await using other = await otherProgram();
    const folder = temporaryFolder();
    const env = cleanEnvironment({ TRACKEEP_PORT: String(other.port) });
    const { code, stdout } = await runCli(['serve', '--json', '--vault', 'file', '--data', folder], env);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      event: 'failed',
      error: 'port_in_use',
      message: expect.stringContaining(String(other.port)),
      remedy: expect.stringContaining('TRACKEEP_PORT'),
    });
  });

  it('keeps nothing from starting there later: no lock, no socket is left', async () => {
    const folder = temporaryFolder();
    const line = (port: number) => ['serve', '--json', '--vault', 'file', '--port', String(port), '--data', folder];
    let port: number;
    {
      await using other = await otherProgram();
      port = other.port;
      expect(await runCli(line(port))).toMatchObject({ code: 1 });
    }
    const app = await start({ dataDir: folder, args: ['--port', String(port)] });
    expect(app.ready.issuer).toBe(`http://127.0.0.1:${port}`);
  });

  it('may be held by an app of our own on another data folder: that is another program, too', async () => {
    const app = await start();
    const folder = temporaryFolder();
    const { port } = new URL(app.ready.issuer);
    const result = await runCli(['serve', '--json', '--vault', 'file', '--port', port, '--data', folder]);
    expect(result.code).toBe(1);
    expect(JSON.parse(result.stdout)).toMatchObject({ error: 'port_in_use' });
  });
});

describe('a second instance on the same data folder', () => {
  it('hands over to the first and exits with 0', async () => {
    const app = await start();
    const second = await app.cli('serve', '--json', '--vault', 'file', '--port', '0');
    expect(second.code).toBe(0);
    const { event, ui } = JSON.parse(second.stdout) as { event: string; ui: string };
    expect(event).toBe('already_running');
    // The link is the first one's, and it logs in.
    expect((await openWebSession(ui)).address).toBe(app.ready.issuer);
  });

  it('says so in words to a person', async () => {
    const app = await start();
    const second = await app.cli('serve', '--vault', 'file');
    expect(second).toMatchObject({ code: 0, stdout: expect.stringContaining(`${app.ready.issuer}/ui/#login=`) });
  });

  it('does so as well when both were started in the same moment', async () => {
    const folder = temporaryFolder();
    const outcomes = await Promise.allSettled([start({ dataDir: folder }), start({ dataDir: folder })]);
    const apps = outcomes.filter((outcome) => outcome.status === 'fulfilled').map(({ value }) => value);
    const others = outcomes.filter((outcome) => outcome.status === 'rejected').map(({ reason }) => String(reason));
    expect(apps).toHaveLength(1);
    expect(others).toEqual([expect.stringContaining('"already_running"')]);
  });
});
