import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { cp } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { cleanEnvironment, runCli, spawnCli, startApp } from '../support/app.ts';
import { CLI, listenTo } from '../support/cli-room.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Makes Node say that it is an old one; what it starts in turn is not touched. */
const OLD_NODE = [
  '--import',
  `data:text/javascript,${encodeURIComponent(
    "Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })",
  )}`,
];

function serveOnOldNode(cli: string): { child: ChildProcess; dataDir: string } {
  const dataDir = temporaryFolder();
  const args = ['serve', '--json', '--vault', 'file', '--port', '0', '--data', dataDir];
  const child = spawn(process.execPath, [...OLD_NODE, cli, ...args], { env: cleanEnvironment() });
  onTestFinished(() => void child.kill('SIGKILL'));
  return { child, dataDir };
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

describe('trackeep serve', () => {
  it.skipIf(process.platform === 'win32').each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
    'ends with 0 on %s, and leaves no socket and no key',
    async (signal) => {
      const app = await startApp();
      onTestFinished(() => app.stop());
      app.process.kill(signal);
      expect(await app.ended).toEqual({ code: 0, signal: null });
      expect(await app.cli('status')).toMatchObject({ code: 3 });
    },
  );

  it('ends when it is told to by trackeep stop', async () => {
    const app = await startApp();
    onTestFinished(() => app.stop());
    expect(await app.cli('stop')).toMatchObject({ code: 0 });
    expect(await app.ended).toMatchObject({ code: 0 });
  });

  it('ends in good order when nobody reads what it says', async () => {
    const dataDir = temporaryFolder();
    const unread = spawnCli(['serve', '--vault', 'file', '--port', '0', '--data', dataDir], cleanEnvironment());
    onTestFinished(() => void unread.kill('SIGKILL'));
    unread.stdout?.destroy();
    unread.stderr?.destroy();
    expect(await once(unread, 'exit')).toEqual([0, null]);
    // What SQLite leaves behind only where it was not closed.
    expect(readdirSync(dataDir)).not.toContain('trackeep.db-wal');
    expect(readFileSync(join(dataDir, 'logs/trackeep.log'), 'utf8')).not.toMatch(/"level":"(?:warn|error)"/);
  });
});

// Windows knows no SIGTERM: every signal is a kill there.
describe.skipIf(process.platform === 'win32')('trackeep serve on a Node that is too old', () => {
  it('goes on with the one of the installation, and ends as one', async () => {
    const room = serveOnOldNode(CLI);
    const heard = listenTo(room.child);
    await heard.said('"ready"');
    const { pid } = JSON.parse(heard.text()) as { pid: number };
    expect(pid).not.toBe(room.child.pid);
    room.child.kill('SIGTERM');
    expect(await once(room.child, 'close')).toEqual([0, null]);
    expect(isAlive(pid)).toBe(false);
  });

  it('leaves no app behind when it is killed', async () => {
    const room = serveOnOldNode(CLI);
    const heard = listenTo(room.child);
    await heard.said('"ready"');
    room.child.kill('SIGKILL');
    // The pipes close when the last process that holds them has ended.
    await once(room.child, 'close');
    expect(await runCli(['status', '--data', room.dataDir])).toMatchObject({ code: 3 });
  });

  it('says which one it needs when there is none', async () => {
    const elsewhere = temporaryFolder();
    const copy = join(elsewhere, 'out', 'cli', 'trackeep.mjs');
    await cp(dirname(CLI), dirname(copy), { recursive: true });
    const room = serveOnOldNode(copy);
    const heard = listenTo(room.child);
    expect(await once(room.child, 'close')).toEqual([1, null]);
    expect(JSON.parse(heard.text())).toMatchObject({
      error: 'config_invalid',
      message: expect.stringContaining('Node 22'),
    });
  });
});
