/**
 * Case 22, as a person meets it: the app is started on a data folder that is damaged. It must name the path and the
 * remedy, end with 1, and leave the damaged file as it was.
 */
import { createHash } from 'node:crypto';
import { chmod, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { runCli, startApp } from '../support/app.ts';

let dataDir: string;

beforeEach(async () => {
  dataDir = await mkdtemp(join(tmpdir(), 'trackeep-damaged-'));
});
afterEach(() => rm(dataDir, { recursive: true, force: true }));

const serve = () => runCli(['serve', '--data', dataDir, '--vault', 'file', '--port', '0']);
const fingerprint = async (path: string) =>
  createHash('sha256')
    .update(await readFile(path))
    .digest('hex');

describe('a damaged data folder', () => {
  it('with a database file that is no database: named, with a remedy, and untouched', async () => {
    const path = join(dataDir, 'trackeep.db');
    await writeFile(path, Buffer.alloc(8192, 'not a database '));
    const before = await fingerprint(path);
    const { code, stderr } = await serve();
    expect(code).toBe(1);
    expect(stderr).toContain(path);
    expect(stderr).toMatch(/backup|move it away/i);
    expect(await fingerprint(path)).toBe(before);
  });

  it('with a database damaged in the middle: named, and untouched', async () => {
    const path = join(dataDir, 'trackeep.db');
    await (await startApp({ dataDir })).stop();
    const bytes = await readFile(path);
    for (let at = 4096; at < bytes.length; at += 4096) bytes.fill(0xa5, at, at + 2048);
    await writeFile(path, bytes);
    const before = await fingerprint(path);
    const { code, stderr } = await serve();
    expect(code).toBe(1);
    expect(stderr).toContain(path);
    expect(await fingerprint(path)).toBe(before);
  });

  it('with a settings file that is not JSON: named, with a remedy, and untouched', async () => {
    const path = join(dataDir, 'settings.json');
    await writeFile(path, '{"prereleases": tru');
    const { code, stderr } = await serve();
    expect(code).toBe(1);
    expect(stderr).toContain(path);
    expect(await readFile(path, 'utf8')).toBe('{"prereleases": tru');
  });

  it('that is a file: named', async () => {
    await rm(dataDir, { recursive: true });
    await writeFile(dataDir, 'a file');
    const { code, stderr } = await serve();
    expect(code).toBe(1);
    expect(stderr).toContain(dataDir);
  });

  it('that others could read: closed to them before anything is written into it', async () => {
    await chmod(dataDir, 0o755);
    const app = await startApp({ dataDir });
    const { mode } = await stat(dataDir);
    await app.stop();
    expect((mode & 0o777).toString(8)).toBe('700');
  });

  it('and starts again once the damaged file is moved away, as the remedy said', async () => {
    const path = join(dataDir, 'settings.json');
    await writeFile(path, '[');
    expect((await serve()).code).toBe(1);
    await rm(path);
    const app = await startApp({ dataDir });
    expect((await app.cli('status', '--json')).code).toBe(0);
    await app.stop();
  });
});
