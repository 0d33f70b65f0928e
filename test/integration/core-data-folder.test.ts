import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, chownSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { describe, expect, it, onTestFinished } from 'vitest';
import { removeLeftovers, writeFileAtomic } from '../../src/main/core/atomic-file.ts';
import { openDataFolder } from '../../src/main/core/data-folder.ts';
import { acquireInstanceLock } from '../../src/main/core/instance-lock.ts';
import { asOrdinaryUser } from '../support/ordinary-user.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const support = (name: string) => resolve(import.meta.dirname, '../support', name);
const unix = process.platform !== 'win32';
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('the data folder', () => {
  it('is made, with its parents, for this user only', async () => {
    const folder = join(temporaryFolder(), 'not/there/yet');

    expect(await openDataFolder(folder)).toEqual({ tightened: false });

    expect(statSync(folder).isDirectory()).toBe(true);
    if (unix) expect(modeOf(folder)).toBe(0o700);
  });

  it.runIf(unix)('that others can read is closed to them, and that is told', async () => {
    const folder = temporaryFolder();
    chmodSync(folder, 0o755);

    expect(await openDataFolder(folder)).toEqual({ tightened: true });

    expect(modeOf(folder)).toBe(0o700);
  });

  it('keeps what is in it, and gets nothing added', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'mine.txt'), 'mine');
    await openDataFolder(folder);
    expect(readdirSync(folder)).toEqual(['mine.txt']);
  });

  it.runIf(unix)('of another user is refused, and left as it is', async () => {
    // Only root can make one; for everybody else the root folder is one.
    const root = process.getuid?.() === 0;
    const folder = root ? temporaryFolder() : '/';
    if (root) chownSync(folder, 65_534, 65_534);
    const mode = modeOf(folder);

    await expect(openDataFolder(folder)).rejects.toMatchObject({
      code: 'data_folder_unusable',
      message: `The data folder ${folder} belongs to another user.`,
      remedy: 'Choose a folder of your own with --data DIR.',
    });
    expect(modeOf(folder)).toBe(mode);
  });

  it('that is a file is refused', async () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'content');
    await expect(openDataFolder(path)).rejects.toMatchObject({ code: 'data_folder_unusable' });
    expect(readFileSync(path, 'utf8')).toBe('content');
  });

  it('below a file is refused, naming the path', async () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'content');
    await expect(openDataFolder(join(path, 'folder'))).rejects.toMatchObject({
      code: 'data_folder_unusable',
      message: `${join(path, 'folder')} cannot be used: a part of the path is not a folder.`,
      remedy: expect.stringContaining('--data DIR'),
    });
  });

  it.runIf(unix)('that the user may not write into is refused, naming the path', async () => {
    const folder = temporaryFolder();

    const outcome = JSON.parse(await asOrdinaryUser(folder, 0o500, support('data-folder-child.ts')));

    const failure = { code: 'data_folder_unusable', message: expect.stringContaining(folder) };
    expect(outcome).toMatchObject({ folder: failure, lock: failure, database: failure });
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the lock on a data folder', () => {
  /** Another process that tries to take the lock; resolves with what came of it. */
  async function take(dataDir: string): Promise<{ child: ChildProcess; outcome: string }> {
    const child = spawn(process.execPath, [support('lock-child.ts'), dataDir], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    const [outcome] = await once(createInterface(child.stdout), 'line');
    return { child, outcome };
  }

  it('keeps a second process out', async () => {
    const dataDir = temporaryFolder();
    expect((await take(dataDir)).outcome).toBe('held');
    expect((await take(dataDir)).outcome).toBe('already_running');
  });

  it('keeps a second one in the same process out', () => {
    const dataDir = temporaryFolder();
    const lock = acquireInstanceLock(dataDir);
    onTestFinished(() => lock.release());
    expect(() => acquireInstanceLock(dataDir)).toThrow(
      expect.objectContaining({ code: 'already_running', message: expect.stringContaining(dataDir) }),
    );
  });

  it('is free again after kill -9', async () => {
    const dataDir = temporaryFolder();
    const { child } = await take(dataDir);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect((await take(dataDir)).outcome).toBe('held');
  });

  it('is free again after its release', async () => {
    const dataDir = temporaryFolder();
    acquireInstanceLock(dataDir).release();
    expect((await take(dataDir)).outcome).toBe('held');
  });

  it.runIf(unix)('is a file for this user only, with nothing beside it', () => {
    const dataDir = temporaryFolder();
    const lock = acquireInstanceLock(dataDir);
    onTestFinished(() => lock.release());
    expect(readdirSync(dataDir)).toEqual(['instance.lock']);
    expect(modeOf(join(dataDir, 'instance.lock'))).toBe(0o600);
  });

  it('of one folder says nothing about another', async () => {
    expect((await take(temporaryFolder())).outcome).toBe('held');
    expect((await take(temporaryFolder())).outcome).toBe('held');
  });

  it('survives a running one being asked for it many times', async () => {
    const dataDir = temporaryFolder();
    const { child } = await take(dataDir);
    for (let attempt = 0; attempt < 3; attempt++) expect((await take(dataDir)).outcome).toBe('already_running');
    expect(child.exitCode).toBeNull();
  });

  it('says how to go on when its file is damaged', () => {
    const dataDir = temporaryFolder();
    writeFileSync(join(dataDir, 'instance.lock'), 'not a database at all '.repeat(100));
    expect(() => acquireInstanceLock(dataDir)).toThrow(
      expect.objectContaining({ code: 'data_folder_unusable', remedy: expect.stringContaining('instance.lock') }),
    );
  });
});

describe('a file that is replaced in one step', () => {
  it('has the new content, and is readable for this user only', () => {
    const path = join(temporaryFolder(), 'file');
    writeFileSync(path, 'old');
    writeFileAtomic(path, 'new');
    expect(readFileSync(path, 'utf8')).toBe('new');
    if (unix) expect(modeOf(path)).toBe(0o600);
  });

  it('takes bytes as they are', () => {
    const path = join(temporaryFolder(), 'file');
    const bytes = Uint8Array.from({ length: 256 }, (_, byte) => byte);
    writeFileAtomic(path, bytes);
    expect(new Uint8Array(readFileSync(path))).toEqual(bytes);
  });

  it('leaves no temporary file behind, not even on failure', () => {
    const folder = temporaryFolder();
    mkdirSync(join(folder, 'taken'));
    writeFileAtomic(join(folder, 'file'), 'content');
    expect(() => writeFileAtomic(join(folder, 'taken'), 'content')).toThrow();
    expect(readdirSync(folder).sort()).toEqual(['file', 'taken']);
  });

  it('is tidied up after a kill, and nothing else with it', () => {
    const folder = temporaryFolder();
    for (const name of ['key.0123456789ab.tmp', 'key', 'notes.tmp', 'mine.0123.tmp']) {
      writeFileSync(join(folder, name), 'content');
    }
    removeLeftovers(folder);
    expect(readdirSync(folder).sort()).toEqual(['key', 'mine.0123.tmp', 'notes.tmp']);
  });
});
