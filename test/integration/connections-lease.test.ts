import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createLeases, type Leases } from '../../src/main/connections/lease.ts';
import { SECRET_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { type ConnectionsLab, openConnectionsLab, until } from '../support/connections-lab.ts';
import { TEST_REQUESTER } from '../support/requester.ts';

const TOKEN_ENDPOINT = 'POST /login/oauth/access_token';
const HOUR = 3_600_000;
const THEIRS = 'the token of the other process';
const refreshing = (parameters: URLSearchParams) => parameters.get('grant_type') === 'refresh_token';

describe('the right to renew a token', () => {
  let lab: ConnectionsLab;
  let id: string;
  beforeEach(async () => {
    lab = await openConnectionsLab({ client: SECRET_CLIENT });
    ({ id } = await lab.connect());
  });
  afterEach(() => lab.close());

  /** As another process has it. */
  const process = (place: string | null = null): Leases =>
    createLeases({ db: lab.db, clock: lab.clock, random: () => 0.5, place });
  const row = () => lab.db.selectFrom('installations').selectAll().where('id', '=', id).executeTakeFirstOrThrow();

  it('is had by one process at a time, with a number that grows', async () => {
    const [ours, theirs] = [process(), process()];
    const first = await ours.take({ id });
    expect(first?.number).toBe(1);
    expect(await theirs.take({ id })).toBeNull();
    if (first) await ours.release(first);
    expect((await theirs.take({ id }))?.number).toBe(2);
    if (first) await ours.release(first);
    expect(await ours.take({ id })).toBeNull();
  });

  it('ends by itself half a minute after its holder died, or at once when the clock was far ahead', async () => {
    await process().take({ id });
    const theirs = process();
    await lab.clock.advance(29_999);
    expect(await theirs.take({ id })).toBeNull();
    await lab.clock.advance(1);
    expect((await theirs.take({ id }))?.number).toBe(2);
    lab.clock.jump(-HOUR);
    expect((await process().take({ id }))?.number).toBe(3);
  });

  it('ends when the next process of the same place begins, and only then', async () => {
    const [former, stranger] = [process('here'), process('there')];
    await former.take({ id });
    await stranger.clearFormer();
    await process().clearFormer();
    expect(await stranger.take({ id })).toBeNull();
    const next = process('here');
    await next.clearFormer();
    const lease = await next.take({ id });
    expect(lease?.number).toBe(2);
    await next.clearFormer();
    expect(await stranger.take({ id })).toBeNull();
    if (lease) await next.release(lease);
    expect((await stranger.take({ id }))?.number).toBe(3);
  });

  it('is kept from a process that was held up between looking at the clock and at the database', async () => {
    await process().take({ id });
    lab.clock.jump(-2_000);
    expect(await process().take({ id })).toBeNull();
  });

  it('is for all accounts that share the token, also for one that came to them later', async () => {
    const other = await lab.connect('hubot');
    await process().take({ id });
    await lab.clock.advance(30_000);
    await lab.db.updateTable('installations').set({ token_group: 'group' }).execute();
    const lease = await process().take({ id, tokenGroup: 'group' });
    expect(lease?.number).toBe(2);
    expect(await process().take({ id: other.id, tokenGroup: 'group' })).toBeNull();
    const numbers = await lab.db.selectFrom('installations').select('lease_number').execute();
    expect(numbers).toEqual([{ lease_number: 2 }, { lease_number: 2 }]);
  });

  it('is waited for, unless another process has done meanwhile what it was wanted for', async () => {
    const [ours, theirs] = [process(), process()];
    const held = await ours.take({ id });
    let wanted = true;
    const waiting = theirs.await(async () => (wanted ? { id } : null));
    const second = process().await(async () => ({ id }));
    await lab.clock.advance(1_000);
    wanted = false;
    await lab.clock.advance(1_000);
    expect(await waiting).toBeNull();
    if (held) await ours.release(held);
    await lab.clock.advance(1_000);
    expect((await second)?.number).toBe(2);
  });

  it('is given up after a minute, and at once when the app ends', async () => {
    const ours = process();
    await ours.take({ id });
    const waiting = expect(process().await(async () => ({ id }))).rejects.toMatchObject({ code: 'provider_error' });
    for (let seconds = 0; seconds < 62; seconds += 1) {
      await lab.clock.advance(1_000);
      await ours.take({ id });
    }
    await waiting;
    const theirs = process();
    const ended = expect(theirs.await(async () => ({ id }))).rejects.toMatchObject({ code: 'app_not_running' });
    await lab.clock.settle();
    theirs.stop();
    await ended;
  });

  describe('lost while the provider answered', () => {
    let letGo: () => void;
    let asked: Promise<string>;
    beforeEach(async () => {
      const { promise: held, resolve } = Promise.withResolvers<void>();
      letGo = resolve;
      lab.github.requests.length = 0;
      lab.github.fail({ match: TOKEN_ENDPOINT, when: refreshing, answer: { passAfter: held } });
      lab.clock.jump(9 * HOUR);
      asked = lab.connections.token('github', undefined, TEST_REQUESTER).then(({ token }) => token);
      await until(() => lab.github.count(TOKEN_ENDPOINT) === 1);
      // The machine slept.
      lab.clock.jump(31_000);
    });

    /** Another process renews the token, from the beginning to the end. */
    const renewElsewhere = async () => {
      const theirs = process();
      const lease = await theirs.take({ id });
      const place = { table: 'installations', row: id, column: 'sealed_access_token' };
      await lab.db
        .updateTable('installations')
        .set({
          sealed_access_token: await lab.vault.seal(place, THEIRS),
          access_expires_at: lab.clock.now() + HOUR,
          last_refreshed_at: lab.clock.now(),
        })
        .execute();
      if (lease) await theirs.release(lease);
    };

    it('keeps what it got from being stored, until it is had again', async () => {
      const theirs = process();
      const lease = await theirs.take({ id });
      const before = await row();
      letGo();
      await lab.pass(2_000);
      expect(await row()).toMatchObject({ sealed_access_token: before.sealed_access_token, lease_number: 2 });
      if (lease) await theirs.release(lease);
      await lab.pass(1_000);
      const token = await asked;
      const user = await fetch(`${lab.github.url}/user`, { headers: { authorization: `Bearer ${token}` } });
      expect(user.status).toBe(200);
      expect(await row()).toMatchObject({ lease_number: 3, lease_holder: null });
      expect(lab.github.count(TOKEN_ENDPOINT)).toBe(1);
    });

    it('gives way to the token that another process has stored', async () => {
      await renewElsewhere();
      letGo();
      await lab.pass(1_000);
      expect(await asked).toBe(THEIRS);
      expect(await row()).toMatchObject({ state: 'ok' });
      expect(lab.github.count(TOKEN_ENDPOINT)).toBe(1);
      expect(lab.github.count('DELETE /applications/*/token')).toBe(1);
    });

    it('makes no end of an account whose token another process has renewed', async () => {
      await renewElsewhere();
      lab.github.expireRefreshTokens();
      letGo();
      await lab.pass(1_000);
      expect(await asked).toBe(THEIRS);
      expect(await row()).toMatchObject({ state: 'ok' });
      expect(lab.notices).toEqual([]);
    });
  });
});
