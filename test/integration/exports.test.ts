import { chmodSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ConnectionsLab, openConnectionsLab, until } from '../support/connections-lab.ts';
import { TEST_REQUESTER } from '../support/requester.ts';
import { onSmallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const NOBODY = '00000000-0000-4000-8000-000000000000';

describe('a token in a file', () => {
  let lab: ConnectionsLab;
  let folder: string;
  let path: string;
  let id: string;

  beforeEach(async () => {
    lab = await openConnectionsLab({ background: true });
    id = (await lab.connect()).id;
    folder = temporaryFolder();
    path = join(folder, 'github.env');
  });
  afterEach(() => lab.close());

  const add = (file = path, connectionId = id) =>
    lab.connections.exports.add({ connectionId, to: 'env_file', path: file });
  const remove = () => lab.connections.exports.remove({ connectionId: id, to: 'env_file' });
  const list = () => lab.connections.exports.list();
  const token = async (login = 'octocat') => (await lab.connections.token('github', login, TEST_REQUESTER)).token;
  const holds = (file: string, secret: string) => existsSync(file) && readFileSync(file, 'utf8').includes(secret);
  const renew = async () => {
    await lab.pass(1_000);
    await lab.connections.refresh(id);
  };

  it('is for this user alone, in a form that shells read', async () => {
    const view = await add();
    const secret = await token();
    expect(readFileSync(path, 'utf8')).toMatch(
      new RegExp(`^# Kept current by Trackeep Tray[^\\n]*\\nGH_TOKEN=${secret}\\nGITHUB_TOKEN=${secret}\\n$`),
    );
    expect(view).toEqual({
      ...{ connectionId: id, to: 'env_file', path, problem: null },
      writtenAt: new Date(lab.clock.now()).toISOString(),
    });
    expect(await list()).toEqual([view]);
  });

  it.skipIf(process.platform === 'win32')('can be read by nobody else, even where others could before', async () => {
    await add();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    chmodSync(path, 0o644);
    await add();
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is in the audit log, with the file', async () => {
    await add();
    expect(await lab.connections.audit.list({})).toMatchObject([{ requester: { kind: 'export', id: path } }]);
  });

  it('is replaced when the token is renewed, by the person or in the background', async () => {
    await add();
    await renew();
    await until(async () => holds(path, await token()));
    const before = await token();
    const [written] = await list();
    await lab.passUntil(() => !holds(path, before));
    await until(async () => holds(path, await token()));
    expect(await token()).not.toBe(before);
    expect((await list())[0]?.writtenAt).not.toBe(written?.writtenAt);
  });

  it('is written anew after a restart, if the token changed meanwhile', async () => {
    await add();
    lab = await lab.restart({ background: false });
    await renew();
    expect(holds(path, await token())).toBe(false);
    lab = await lab.restart({ background: true });
    await until(async () => holds(path, await token()));
  });

  it('is asked for once, however many changes come at once', async () => {
    await add();
    const handOuts = async () => (await lab.connections.audit.list({})).length;
    const before = await handOuts();
    await renew();
    await Promise.all(Array.from({ length: 20 }, () => lab.connections.refresh(id)));
    await lab.pass(120_000);
    expect((await handOuts()) - before).toBeLessThanOrEqual(3);
  });

  it('goes with the account', async () => {
    await add();
    await lab.connections.disconnect(id);
    expect(existsSync(path)).toBe(false);
    expect(await list()).toEqual([]);
  });

  it('does not come back when a renewal ends while the account goes', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { id: connectionId } = await lab.connect();
      await add(path, connectionId);
      await lab.pass(1_000);
      await Promise.allSettled([lab.connections.refresh(connectionId), lab.connections.disconnect(connectionId)]);
      await lab.pass(1_000);
      expect(existsSync(path)).toBe(false);
      expect(await list()).toEqual([]);
    }
  });

  it('goes when the person says so, and is not written again', async () => {
    await add();
    await remove();
    expect([existsSync(path), await list()]).toEqual([false, []]);
    await renew();
    await lab.pass(60_000);
    expect(existsSync(path)).toBe(false);
    await expect(remove()).rejects.toMatchObject({ code: 'not_found' });
  });

  it('moves with its file', async () => {
    await add();
    const elsewhere = join(folder, 'other.env');
    await add(elsewhere);
    expect([existsSync(path), holds(elsewhere, await token())]).toEqual([false, true]);
    expect(await list()).toMatchObject([{ path: elsewhere }]);
  });

  it('does not share its file with the token of another account', async () => {
    await add();
    const { id: other } = await lab.connect('hubot');
    await expect(add(path, other)).rejects.toMatchObject({ code: 'bad_input' });
    expect(holds(path, await token('octocat'))).toBe(true);
    expect(await list()).toHaveLength(1);
  });

  it.each([
    ['somebody else’s file', () => writeFileSync(path, 'GH_TOKEN=my own\n')],
    ['a file that is nearly like ours', () => writeFileSync(path, '# Kept current by Trackeep')],
    ['a folder', () => mkdirSync(path)],
    ['a link to somebody else’s file', () => symlinkSync(resolve(import.meta.filename), path)],
  ])('does not go into %s, and no token is asked for', async (_, make) => {
    make();
    await expect(add()).rejects.toMatchObject({ code: 'bad_input', message: expect.stringContaining(path) });
    expect(await list()).toEqual([]);
    expect(await lab.connections.audit.list({})).toEqual([]);
  });

  it('leaves a file alone that somebody put in its place', async () => {
    await add();
    writeFileSync(path, 'mine now');
    await renew();
    await until(async () => (await list())[0]?.problem !== null);
    expect((await list())[0]?.problem).toMatchObject({ code: 'bad_input' });
    await lab.connections.disconnect(id);
    expect(readFileSync(path, 'utf8')).toBe('mine now');
  });

  it('needs an absolute path, in a folder that is there', async () => {
    await expect(add(relative(process.cwd(), path))).rejects.toMatchObject({ code: 'bad_input' });
    await expect(add(join(folder, 'none', 'github.env'))).rejects.toMatchObject({ code: 'data_folder_unusable' });
    writeFileSync(join(folder, 'file'), '');
    await expect(add(join(folder, 'file', 'github.env'))).rejects.toMatchObject({ code: 'data_folder_unusable' });
    expect(await list()).toEqual([]);
  });

  it('is of a connected account', async () => {
    await expect(add(path, NOBODY)).rejects.toMatchObject({ code: 'not_connected' });
    await expect(lab.connections.exports.add({ connectionId: id, to: 'env_file', path: null })).rejects.toMatchObject({
      code: 'bad_input',
    });
    expect(existsSync(path)).toBe(false);
  });

  it('shows what keeps it from being current, tries again without haste, and heals', async () => {
    await add();
    rmSync(folder, { recursive: true });
    await renew();
    await until(async () => (await list())[0]?.problem !== null);
    const [broken] = await list();
    expect(broken).toMatchObject({ problem: { code: 'data_folder_unusable', message: expect.stringContaining(path) } });
    const tries = lab.log.filter((line) => line.includes('could not be written')).length;
    await renew();
    await lab.pass(60_000);
    expect(lab.log.filter((line) => line.includes('could not be written'))).toHaveLength(tries);

    mkdirSync(folder);
    await lab.passUntil(async () => (await list())[0]?.problem === null);
    expect(holds(path, await token())).toBe(true);
  });

  it('never stands in the log', async () => {
    await add();
    await renew();
    await lab.connections.disconnect(id);
    const log = lab.log.join('\n');
    for (const secret of lab.github.secrets()) expect(log).not.toContain(secret);
  });
});

describe.runIf(process.platform === 'linux')('a token in a file on a full disk', () => {
  it('stays the old one, says so, and is written once there is room', async () => {
    const disk = temporaryFolder();
    const child = resolve(import.meta.dirname, '../support/full-disk-export-child.ts');
    const { code, stdout, stderr } = await onSmallDisk(disk, 256, child, disk);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(stdout)).toEqual({
      full: { problem: expect.objectContaining({ code: 'disk_full' }), untouched: true },
      healed: true,
    });
  });
});
