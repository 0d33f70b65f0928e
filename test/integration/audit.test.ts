import { resolve } from 'node:path';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Requester } from '../../src/main/connections/connections.ts';
import { type ConnectionsLab, openConnectionsLab } from '../support/connections-lab.ts';
import { onSmallDisk } from '../support/small-disk.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const EDITOR: Requester = { kind: 'client', id: 'client-1', name: 'Editor' };

function changed(text: string, at: number): string {
  return `${text.slice(0, at)}${text[at] === '0' ? '1' : '0'}${text.slice(at + 1)}`;
}

describe('the log of tokens that were handed out', () => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab();
    await lab.connect();
  });
  afterEach(() => lab.close());

  const handOut = (requester = EDITOR) => lab.connections.token('github', 'octocat', requester);
  const handOutTimes = async (times: number) => {
    for (let time = 0; time < times; time += 1) await handOut();
  };
  /** In one transaction, and so under one MAC. */
  const handOutTogether = (times: number) => Promise.all(Array.from({ length: times }, () => handOut()));
  const check = async () => (await lab.connections.audit.check())[0];
  const rows = () => lab.db.selectFrom('audit').selectAll().orderBy('number').execute();

  it('says who got what, the newest first, and never holds a token', async () => {
    const { token, expiresAt } = await handOut();
    await handOut({ kind: 'git', id: 'trackeep git-credential', name: null });
    const [second, first] = await lab.connections.audit.list({});
    expect(first).toEqual({
      number: 1,
      at: new Date(lab.clock.now()).toISOString(),
      requester: EDITOR,
      connectionId: expect.any(String),
      platform: 'github',
      account: `${new URL(lab.github.url).host}/octocat`,
      narrowedTo: null,
      expiresAt: new Date(expiresAt ?? 0).toISOString(),
    });
    expect(second).toMatchObject({ number: 2, requester: { kind: 'git' } });
    expect(JSON.stringify(await rows())).not.toContain(token);
  });

  it('is read page by page', async () => {
    await handOutTimes(5);
    const numbers = async (page: { before?: number; limit?: number }) =>
      (await lab.connections.audit.list(page)).map(({ number }) => number);
    expect(await numbers({ limit: 2 })).toEqual([5, 4]);
    expect(await numbers({ before: 4, limit: 2 })).toEqual([3, 2]);
    expect(await numbers({ before: 2 })).toEqual([1]);
  });

  it('is read for one connection alone, also page by page, and after that is gone', async () => {
    const { connectionId: octocat } = await handOut();
    const { id: hubot } = await lab.connect('hubot');
    for (let time = 0; time < 3; time += 1) {
      await lab.connections.tokenOf(hubot, EDITOR);
      await lab.connections.tokenOf(octocat, EDITOR);
    }
    const numbers = async (page: { before?: number; limit?: number; connectionId: string }) =>
      (await lab.connections.audit.list(page)).map(({ number }) => number);
    expect(await numbers({ connectionId: hubot })).toEqual([6, 4, 2]);
    expect(await numbers({ connectionId: octocat, limit: 2 })).toEqual([7, 5]);
    expect(await numbers({ connectionId: octocat, limit: 2, before: 5 })).toEqual([3, 1]);
    expect(await numbers({ connectionId: crypto.randomUUID() })).toEqual([]);
    await lab.connections.disconnect(hubot);
    expect(await numbers({ connectionId: hubot })).toEqual([6, 4, 2]);
  });

  it('is read for one connection that is far back in a long log', async () => {
    const { connectionId } = await handOut();
    const [{ entry = '' } = {}] = await rows();
    const others = entry.replaceAll(connectionId, crypto.randomUUID());
    const fill = async (from: number, to: number, text: string) =>
      sql`with recursive n(x) as (select ${from} union all select x + 1 from n where x < ${to})
        insert into audit select x, ${text}, '' from n`.execute(lab.db);
    const noted = async (from: number, to: number) =>
      sql`with recursive n(x) as (select ${from} union all select x + 1 from n where x < ${to})
        insert into audit_stretches select x, ${connectionId.slice(0, 8)} from n where true
        on conflict do nothing`.execute(lab.db);
    await fill(2, 300, entry);
    await fill(301, 60_000, others);
    await fill(60_001, 60_001, entry);
    await noted(0, 4);
    await noted(937, 937);

    const found = await lab.connections.audit.list({ connectionId, limit: 500 });
    const all = [60_001, ...Array.from({ length: 300 }, (_, index) => 300 - index)];
    expect(found.map(({ number }) => number)).toEqual(all);
    const page = await lab.connections.audit.list({ connectionId, limit: 3, before: 258 });
    expect(page.map(({ number }) => number)).toEqual([257, 256, 255]);
  });

  it('is read for each of several connections as it is for all of them', async () => {
    const ids = [(await handOut()).connectionId, (await lab.connect('hubot')).id];
    for (let time = 0; time < 30; time += 1) {
      await Promise.all(ids.slice(time % 2).map((id) => lab.connections.tokenOf(id, EDITOR)));
      await lab.connections.tokenOf(ids[time % 2] ?? '', EDITOR);
    }
    const all = await lab.connections.audit.list({ limit: 500 });
    expect(all.length).toBe(76);
    for (const connectionId of ids) {
      const own = await lab.connections.audit.list({ connectionId, limit: 500 });
      expect(own).toEqual(all.filter((row) => row.connectionId === connectionId));
    }
    const stretches = await lab.db.selectFrom('audit_stretches').selectAll().execute();
    const marks = ids.map((id) => id.slice(0, 8)).sort();
    expect(stretches.map(({ accounts }) => accounts.split(',').sort())).toEqual([marks, marks]);
    expect(await check()).toMatchObject({ verdict: 'safe' });
  });

  it.each([
    ['is not noted', () => lab.db.updateTable('audit_stretches').set({ accounts: '00000000' }).execute()],
    ['nothing is noted for', () => lab.db.deleteFrom('audit_stretches').execute()],
  ])('is unsafe when an account %s, for its rows would be hidden where they are asked for', async (_, change) => {
    const { connectionId } = await handOut();
    await change();
    expect(await lab.connections.audit.list({ connectionId })).toEqual([]);
    expect(await check()).toMatchObject({
      verdict: 'unsafe',
      detail: 'Row 1 would not be found among those of its account.',
    });
  });

  it('shows rows from before connections were noted, too', async () => {
    const { connectionId } = await handOut();
    await lab.db.updateTable('audit').set({ entry: sql`json_remove(entry, '$.connectionId')` }).execute();
    expect(await lab.connections.audit.list({})).toMatchObject([{ number: 1, connectionId: null }]);
    expect(await lab.connections.audit.list({ connectionId })).toEqual([]);
  });

  it('has no row for what the app does itself', async () => {
    await (await lab.connections.github()).request('GET /user');
    expect(await rows()).toEqual([]);
    expect(await check()).toMatchObject({ id: 'audit', verdict: 'safe' });
  });

  it('has a row for each of many who ask at once, in one unbroken chain', async () => {
    await handOutTogether(600);
    expect((await rows()).map(({ number }) => number)).toEqual(Array.from({ length: 600 }, (_, index) => index + 1));
    expect(await check()).toMatchObject({ verdict: 'safe', detail: expect.stringContaining('600') });
  });

  it('stays whole over a restart and a new master key', async () => {
    await handOutTimes(2);
    await lab.vault.rotate();
    await handOut();
    lab = await lab.restart();
    await handOut();
    expect(await check()).toMatchObject({ verdict: 'safe', detail: expect.stringContaining('4') });
  });

  it('finds every byte that was changed', async () => {
    await handOutTimes(3);
    for (const { number, entry, mac } of await rows()) {
      for (const [column, text] of [
        ['entry', entry],
        ['mac', mac],
      ] as const) {
        for (let at = 0; at < text.length; at += 1) {
          await lab.db
            .updateTable('audit')
            .set({ [column]: changed(text, at) })
            .where('number', '=', number)
            .execute();
          expect(await check(), `${column} ${at}`).toMatchObject({
            verdict: 'unsafe',
            detail: `Row ${number} is not as it was written.`,
          });
        }
        await lab.db
          .updateTable('audit')
          .set({ [column]: text })
          .where('number', '=', number)
          .execute();
      }
    }
    const head = await lab.db.selectFrom('audit_head').selectAll().executeTakeFirstOrThrow();
    for (const column of ['head_mac', 'sealed_key'] as const) {
      // The last character of a JWE holds bits that mean nothing.
      for (let at = 0; at < head[column].length - 1; at += 7) {
        await lab.db
          .updateTable('audit_head')
          .set({ [column]: changed(head[column], at) })
          .execute();
        expect(await check(), `${column} ${at}`).toMatchObject({ verdict: 'unsafe' });
      }
      await lab.db.updateTable('audit_head').set(head).execute();
    }
    expect(await check()).toMatchObject({ verdict: 'safe' });
  });

  it('finds every byte that was changed in rows that were written together', async () => {
    await handOutTimes(1);
    await handOutTogether(3);
    await handOutTimes(1);
    expect((await rows()).map(({ mac }) => mac.length)).toEqual([64, 0, 0, 64, 64]);
    for (const { number, entry, mac } of (await rows()).slice(1, 4)) {
      const changes = [
        ...Array.from(entry, (_, at) => ({ entry: changed(entry, at) })),
        ...Array.from(mac, (_, at) => ({ mac: changed(mac, at) })),
      ];
      for (const change of changes) {
        await lab.db.updateTable('audit').set(change).where('number', '=', number).execute();
        expect(await check(), JSON.stringify(change)).toMatchObject({
          verdict: 'unsafe',
          detail: 'One of the rows 2 to 4 is not as it was written.',
        });
      }
      await lab.db.updateTable('audit').set({ entry, mac }).where('number', '=', number).execute();
    }
    expect(await check()).toMatchObject({ verdict: 'safe', detail: expect.stringContaining('5') });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'a MAC in the midst of them',
      () => sql`update audit set mac = (select mac from audit where number = 4) where number = 3`.execute(lab.db),
      'One of the rows 2 to 3 is not',
    ],
    [
      'a MAC that was taken away',
      () => lab.db.updateTable('audit').set({ mac: '' }).where('number', '=', 4).execute(),
      'One of the rows 2 to 5 is not',
    ],
    [
      'the last MAC taken away',
      () => lab.db.updateTable('audit').set({ mac: '' }).where('number', '=', 5).execute(),
      'does not end as it was written, at row 5',
    ],
    ['a row taken out', () => lab.db.deleteFrom('audit').where('number', '=', 3).execute(), 'Row 3 is missing.'],
    [
      'two rows made one',
      async () => {
        const [, second, third] = await rows();
        await lab.db.deleteFrom('audit').where('number', '=', 3).execute();
        const entry = `${second?.entry}\n3\n${third?.entry}`;
        await lab.db.updateTable('audit').set({ entry }).where('number', '=', 2).execute();
      },
      'Row 3 is missing.',
    ],
    [
      'a cut in the midst of them',
      () => lab.db.deleteFrom('audit').where('number', '>', 3).execute(),
      'cut off after row 3',
    ],
    [
      'a cut in the midst of them together with its number',
      async () => {
        await lab.db.deleteFrom('audit').where('number', '>', 3).execute();
        await lab.db.updateTable('audit_head').set({ last_number: 3 }).execute();
      },
      'does not end as it was written, at row 3',
    ],
  ])('reports, of rows that were written together, %s, also after more were handed out', async (_, change, words) => {
    await handOutTimes(1);
    await handOutTogether(3);
    await handOutTimes(1);
    await change();
    expect(await check()).toMatchObject({ verdict: 'unsafe', detail: expect.stringContaining(words) });
    await handOutTogether(3);
    expect(await check()).toMatchObject({ verdict: 'unsafe' });
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'a row that was taken out',
      () => lab.db.deleteFrom('audit').where('number', '=', 2).execute(),
      'Row 2 is missing.',
    ],
    ['the first row', () => lab.db.deleteFrom('audit').where('number', '=', 1).execute(), 'Row 1 is missing.'],
    [
      'two rows that changed places',
      async () => {
        for (const [from, to] of [
          [2, 99],
          [3, 2],
          [99, 3],
        ] as const) {
          await lab.db.updateTable('audit').set({ number: to }).where('number', '=', from).execute();
        }
      },
      'Row 2 is not as it was written.',
    ],
    [
      'a copy of a row behind the others',
      () => sql`insert into audit select 5, entry, mac from audit where number = 4`.execute(lab.db),
      'Row 5 is not as it was written.',
    ],
    [
      'a tail that was cut off',
      () => lab.db.deleteFrom('audit').where('number', '>', 2).execute(),
      'cut off after row 2',
    ],
    [
      'a tail that was cut off together with its number',
      async () => {
        await lab.db.deleteFrom('audit').where('number', '>', 2).execute();
        await lab.db.updateTable('audit_head').set({ last_number: 2 }).execute();
      },
      'does not end as it was written',
    ],
    [
      'a number at the end that was changed',
      () => lab.db.updateTable('audit_head').set({ last_number: 3 }).execute(),
      'end',
    ],
    ['all rows', () => lab.db.deleteFrom('audit').execute(), 'cut off after row 0'],
    ['the record of the end', () => lab.db.deleteFrom('audit_head').execute(), 'where the log ends is missing'],
    [
      'the whole log',
      async () => {
        await lab.db.deleteFrom('audit').execute();
        await lab.db.deleteFrom('audit_head').execute();
      },
      'The log is gone',
    ],
  ])('reports %s, also after more tokens were handed out', async (_, change, words) => {
    await handOutTimes(4);
    await change();
    expect(await check()).toMatchObject({
      verdict: 'unsafe',
      detail: expect.stringContaining(words),
      remedy: expect.any(String),
    });
    await handOutTimes(2);
    expect(await check()).toMatchObject({ verdict: 'unsafe' });
  });

  it('goes on under a new key when its own is lost, and says that the rest cannot be checked', async () => {
    await handOutTimes(2);
    await lab.db.updateTable('audit_head').set({ sealed_key: 'not what the vault has sealed' }).execute();
    expect(await handOut()).toMatchObject({ login: 'octocat' });
    expect((await rows()).length).toBe(3);
    expect(await check()).toMatchObject({ verdict: 'unsafe', detail: 'Row 1 is not as it was written.' });
  });

  it('is checked while others have their turn', async () => {
    await handOutTimes(1);
    let others = false;
    setImmediate(() => {
      others = true;
    });
    expect(await check()).toMatchObject({ verdict: 'safe' });
    expect(others).toBe(true);
  });

  it('cannot be checked while the vault is closed', async () => {
    await handOut();
    lab = await lab.loseKey();
    await expect(lab.connections.audit.check()).rejects.toMatchObject({ code: 'vault_missing' });
  });

  it('shows the other rows when one cannot be read', async () => {
    await handOutTimes(3);
    await lab.db.updateTable('audit').set({ entry: '{"at":' }).where('number', '=', 2).execute();
    expect((await lab.connections.audit.list({})).map(({ number }) => number)).toEqual([3, 1]);
  });
});

describe('a token whose row cannot be written', () => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab();
    await lab.connect();
  });
  afterEach(() => lab.close());

  it.each(['audit', 'audit_head'])('is not handed out (%s)', async (table) => {
    await lab.connections.token('github', 'octocat', EDITOR);
    const verb = table === 'audit' ? 'insert' : 'update';
    await sql`create trigger refused before ${sql.raw(verb)} on ${sql.table(table)}
      begin select raise(abort, 'no more rows'); end`.execute(lab.db);
    const before = (await lab.connections.list())[0]?.lastUsedAt;
    await lab.pass(1_000);
    await expect(lab.connections.token('github', 'octocat', EDITOR)).rejects.toThrow();
    expect((await lab.connections.list())[0]?.lastUsedAt).toBe(before);
    await sql`drop trigger refused`.execute(lab.db);
    expect(await lab.connections.token('github', 'octocat', EDITOR)).toMatchObject({ login: 'octocat' });
    expect((await lab.connections.audit.check())[0]).toMatchObject({ verdict: 'safe' });
  });

  it('is not handed out to others who asked at the same time either', async () => {
    await sql`create trigger refused before insert on audit begin select raise(abort, 'no'); end`.execute(lab.db);
    const asked = await Promise.allSettled(
      Array.from({ length: 20 }, () => lab.connections.token('github', 'octocat', EDITOR)),
    );
    expect(asked.map(({ status }) => status)).toEqual(Array(20).fill('rejected'));
    expect(await lab.db.selectFrom('audit').selectAll().execute()).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('on a disk that is full', () => {
  it('no token is handed out, and all is well once there is room', async () => {
    const dataDir = temporaryFolder();
    const child = resolve(import.meta.dirname, '../support/full-disk-hand-out-child.ts');
    const { code, stdout, stderr } = await onSmallDisk(dataDir, 4_096, child, dataDir);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const failure = { code: 'disk_full', message: expect.stringContaining(dataDir), remedy: expect.any(String) };
    const { handedOut, ...seen } = JSON.parse(stdout);
    expect(seen).toEqual({
      before: 'fine',
      full: failure,
      again: failure,
      afterwards: 'fine',
      rows: handedOut,
      verdict: 'safe',
    });
  });
});
