/** The usual case of a program that asks again: finding the account and writing its row are one step. */
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Requester } from '../../src/main/connections/connections.ts';
import { type ConnectionsLab, openConnectionsLab } from '../support/connections-lab.ts';

const EDITOR: Requester = { kind: 'client', id: 'client-1', name: 'Editor' };
const HOUR = 3_600_000;

describe('a token asked for again', () => {
  let lab: ConnectionsLab;
  let octocat: string;
  let token: string;
  beforeEach(async () => {
    lab = await openConnectionsLab();
    octocat = (await lab.connect()).id;
    ({ token } = await lab.connections.tokenOf(octocat, EDITOR));
  });
  afterEach(() => lab.close());

  const ask = (orgId: string | null = null, isAllowed = () => true) =>
    lab.connections.tokenOfOrganisation('github', orgId, EDITOR, isAllowed);
  const orgIdOf = async (id: string) =>
    (await lab.connections.records('github')).find(({ connectionId }) => connectionId === id)?.orgId ?? '';
  const rows = async () => (await lab.connections.audit.list({})).length;
  /** Nobody got anything, and nothing was written. */
  const expectNone = async (orgId: string | null = null) => {
    const before = await rows();
    expect(await ask(orgId)).toBeNull();
    expect(await rows()).toBe(before);
  };

  it('is the same one, with a row for each time, by every id the account has', async () => {
    const orgId = await orgIdOf(octocat);
    for (const named of [null, orgId, octocat]) {
      expect(await ask(named)).toMatchObject({ token, connectionId: octocat, login: 'octocat', orgId });
    }
    expect(await rows()).toBe(4);
    expect((await lab.connections.audit.list({}))[0]).toMatchObject({ requester: EDITOR, platform: 'github' });
    expect(await lab.connections.audit.check()).toMatchObject([{ verdict: 'safe' }]);
  });

  it('has a row for each of many who ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 600 }, () => ask()));
    expect(new Set(answers.map((answer) => answer?.token))).toEqual(new Set([token]));
    expect((await lab.db.selectFrom('audit').select('number').execute()).length).toBe(601);
    expect(await lab.connections.audit.check()).toMatchObject([{ verdict: 'safe' }]);
  });

  it('takes the long way where several are meant, or none', async () => {
    const hubot = (await lab.connect('hubot')).id;
    await lab.connections.tokenOf(hubot, EDITOR);
    await expectNone();
    await expectNone('1');
    expect(await ask(await orgIdOf(hubot))).toMatchObject({ connectionId: hubot });
  });

  it('takes the long way while it was never opened, or ends within five minutes', async () => {
    const hubot = (await lab.connect('hubot')).id;
    await expectNone(hubot);
    lab.clock.jump(8 * HOUR - 5 * 60_000);
    await expectNone(octocat);
  });

  it('is gone with its account, and with its sign-in', async () => {
    await lab.db.updateTable('installations').set({ state: 'needs_reconnect' }).execute();
    await expectNone();
    await lab.connections.disconnect(octocat);
    await expectNone();
  });

  it('is not handed out to who asked while it was disconnected', async () => {
    const asked = ask();
    const disconnected = lab.connections.disconnect(octocat);
    const [answer] = await Promise.all([asked, disconnected]);
    expect(await rows()).toBe(answer === null ? 1 : 2);
    await expectNone();
  });

  it('is not handed out to who may not have it', async () => {
    const before = await rows();
    expect(await ask(null, () => false)).toBeNull();
    expect(await rows()).toBe(before);
  });

  it('is handed out on one look at whether it may be, for all who ask together by the same word', async () => {
    const yes = vi.fn(() => true);
    const no = vi.fn(() => false);
    const trouble = () => {
      throw new RangeError('no idea');
    };
    const answers = await Promise.allSettled([yes, no, yes, trouble, no, yes].map((isAllowed) => ask(null, isAllowed)));
    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value?.token : answer.reason))).toEqual([
      ...[token, undefined, token, new RangeError('no idea'), undefined, token],
    ]);
    expect(yes).toHaveBeenCalledTimes(1);
    expect(no).toHaveBeenCalledTimes(1);
    expect(await rows()).toBe(4);

    await ask(null, yes);
    expect(yes).toHaveBeenCalledTimes(2);
  });

  it('names who used the account last, of several who ask at once as well', async () => {
    const agent: Requester = { kind: 'client', id: 'client-2', name: 'Agent' };
    const askAs = (requester: Requester) => lab.connections.tokenOfOrganisation('github', null, requester, () => true);
    const lastUsedBy = async () => (await lab.connections.list())[0]?.lastUsedBy;
    expect(await lastUsedBy()).toBe('“Editor”');
    await Promise.all([EDITOR, agent].map(askAs));
    expect(await lastUsedBy()).toBe('“Agent”');
    await Promise.all([agent, EDITOR, agent].map(askAs));
    expect(await lastUsedBy()).toBe('“Agent”');
    await Promise.all([agent, EDITOR].map(askAs));
    expect(await lastUsedBy()).toBe('“Editor”');
  });

  it('is not the one of another account, whose sealed text somebody moved here', async () => {
    const hubot = (await lab.connect('hubot')).id;
    await lab.connections.tokenOf(hubot, EDITOR);
    await sql`update installations set sealed_access_token =
      (select sealed_access_token from installations where id = ${octocat}) where id = ${hubot}`.execute(lab.db);
    await expectNone(hubot);
    await expect(lab.connections.tokenOf(hubot, EDITOR)).rejects.toMatchObject({ code: 'vault_refused' });
  });

  it.each(['insert on audit', 'update on audit_head'])('is not handed out without its row (%s)', async (write) => {
    await sql`create trigger refused before ${sql.raw(write)} begin select raise(abort, 'no'); end`.execute(lab.db);
    const asked = await Promise.allSettled(Array.from({ length: 20 }, () => ask()));
    expect(asked.map(({ status }) => status)).toEqual(Array(20).fill('rejected'));
    expect(await rows()).toBe(1);
  });
});
