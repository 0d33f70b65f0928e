import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { INTROSPECTION_TOKEN, type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import { post, refresh, signIn, type TokenAnswer } from '../support/oauth-client.ts';

const GRACE_MS = 10_000;

/** Clients crash after they sent a refresh and before they wrote the answer down; and thieves copy what they find. */
describe('a refresh token that was used already', () => {
  let lab: IssuerLab;
  let clientId: string;
  let first: TokenAnswer;

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    lab = await openIssuerLab({ config: { introspectionToken: INTROSPECTION_TOKEN } });
  });
  beforeEach(async () => {
    ({ clientId, tokens: first } = await signIn(lab.address, lab.issuer.approvals));
  });
  afterAll(async () => {
    await lab.close();
    vi.useRealTimers();
  });

  const pass = (ms: number) => vi.setSystemTime(Date.now() + ms);
  const present = (token: string | undefined) => refresh(lab.address, clientId, token ?? '');
  /** A refresh that must succeed. */
  const renew = async (token: string | undefined): Promise<TokenAnswer> => {
    const { status, body } = await present(token);
    expect(body).toHaveProperty('refresh_token');
    expect(status).toBe(200);
    return body;
  };
  const isActive = async (token: string | undefined) => {
    const headers = { authorization: `Bearer ${INTROSPECTION_TOKEN}` };
    const { body } = await post<{ active: boolean }>(`${lab.address}/introspect`, { token: token ?? '' }, headers);
    return body.active;
  };

  describe('within the grace', () => {
    it('gets the same successor, however often it comes', async () => {
      const second = await renew(first.refresh_token);
      pass(GRACE_MS - 2_000);
      for (let times = 0; times < 3; times += 1) {
        expect((await renew(first.refresh_token)).refresh_token).toBe(second.refresh_token);
      }
      expect(await isActive(second.refresh_token)).toBe(true);
    });

    it('gets the same successor when many ask at once', async () => {
      const answers = await Promise.all(Array.from({ length: 12 }, () => renew(first.refresh_token)));
      expect(new Set(answers.map((answer) => answer.refresh_token)).size).toBe(1);
      for (const { access_token: token } of answers) expect(await isActive(token)).toBe(true);
    });

    it('gets the same successor from an app that was restarted meanwhile', async () => {
      const second = await renew(first.refresh_token);
      lab = await lab.restart();
      expect((await renew(first.refresh_token)).refresh_token).toBe(second.refresh_token);
      // And that one goes on as if nothing had been.
      expect((await renew(second.refresh_token)).refresh_token).not.toBe(second.refresh_token);
    });

    it('brings a client back that lost two answers in a row', async () => {
      const second = await renew(first.refresh_token);
      const third = await renew(second.refresh_token);
      const again = await renew(first.refresh_token);
      expect(again.refresh_token).toBe(second.refresh_token);
      expect((await renew(again.refresh_token)).refresh_token).toBe(third.refresh_token);
    });

    it('gets nothing once the grant was revoked', async () => {
      const second = await renew(first.refresh_token);
      await post(`${lab.address}/revoke`, { token: second.refresh_token ?? '', client_id: clientId });
      expect(await present(first.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    });
  });

  describe('after the grace', () => {
    /** What the client holds after its last good refresh, and the token that somebody kept. */
    const replay = async () => {
      const second = await renew(first.refresh_token);
      pass(GRACE_MS + 1_000);
      expect(await isActive(second.access_token)).toBe(true);
      const answer = await present(first.refresh_token);
      return { second, answer };
    };

    it('is an invalid_grant', async () => {
      const { answer } = await replay();
      expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      expect(answer.headers.get('cache-control')).toContain('no-store');
    });

    it('ends the whole family: no token of the grant works any more, at no endpoint', async () => {
      const { second } = await replay();
      for (const token of [first.access_token, second.access_token, first.refresh_token, second.refresh_token]) {
        expect(await isActive(token)).toBe(false);
      }
      expect(await present(second.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      expect(await lab.issuer.checkAccessToken(second.access_token, null)).toBeNull();
    });

    it('ends no more than that: another grant of the same client goes on', async () => {
      const other = await signIn(lab.address, lab.issuer.approvals, { clientId });
      await replay();
      expect(await isActive(other.tokens.access_token)).toBe(true);
      await renew(other.tokens.refresh_token);
    });

    it('leaves the client nothing to be forgotten for: it is known, with no grant', async () => {
      await replay();
      const known = (await lab.issuer.clients.list()).find(({ id }) => id === clientId);
      expect(known?.grants).toEqual([]);
    });

    it('is a replay also for an app that was restarted meanwhile', async () => {
      const second = await renew(first.refresh_token);
      lab = await lab.restart();
      pass(GRACE_MS + 1_000);
      expect(await present(first.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
      expect(await isActive(second.access_token)).toBe(false);
    });

    it('is not brought back by a clock that is set back', async () => {
      await renew(first.refresh_token);
      pass(-60_000);
      expect(await present(first.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    });
  });

  it('is a replay at once where the grace is switched off', async () => {
    lab = await lab.restart({ config: { introspectionToken: INTROSPECTION_TOKEN, refreshGraceMs: 0 } });
    const second = await renew(first.refresh_token);
    expect(await present(first.refresh_token)).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
    expect(await isActive(second.access_token)).toBe(false);
  });
});
