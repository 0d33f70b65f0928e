import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { INTROSPECTION_TOKEN, type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import { post, refresh, register, signIn, type TokenAnswer } from '../support/oauth-client.ts';

const CONFIGURED = {
  client_id: 'build-server',
  client_secret: '0123456789abcdefghijklmnopqrstuvwxyz',
  client_name: 'Build server',
  redirect_uris: ['http://127.0.0.1/callback'],
};

describe('a refresh token that another client presents', () => {
  let folder: string;
  let lab: IssuerLab;
  let thief: string;
  let owner: string;
  let tokens: TokenAnswer;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tt-clients-'));
    const clientsFile = join(folder, 'clients.json');
    await writeFile(clientsFile, JSON.stringify([CONFIGURED]), { mode: 0o600 });
    lab = await openIssuerLab({ config: { clientsFile, introspectionToken: INTROSPECTION_TOKEN } });
    thief = (await register(lab.address, { client_name: 'Another editor' })).body.client_id;
  });
  beforeEach(async () => {
    ({ clientId: owner, tokens } = await signIn(lab.address, lab.issuer.approvals));
  });
  afterAll(async () => {
    await lab.close();
    await rm(folder, { recursive: true });
  });

  const present = (clientId: string, token: string | undefined, extra: Record<string, string> = {}) =>
    refresh(lab.address, clientId, token ?? '', extra);
  const isActive = async (token: string | undefined) => {
    const headers = { authorization: `Bearer ${INTROSPECTION_TOKEN}` };
    return (await post(`${lab.address}/introspect`, { token: token ?? '' }, headers)).body.active;
  };
  const refusal = { status: 400, body: { error: 'invalid_grant' } };

  /** The owner noticed nothing. */
  const expectUnharmed = async (token: string | undefined) => {
    expect(await isActive(tokens.access_token)).toBe(true);
    expect((await present(owner, token)).status).toBe(200);
  };

  it('is refused, and goes on working for its owner', async () => {
    expect(await present(thief, tokens.refresh_token)).toMatchObject(refusal);
    await expectUnharmed(tokens.refresh_token);
  });

  it('says no more than for a token that was never issued', async () => {
    const stolen = await present(thief, tokens.refresh_token);
    const invented = await present(thief, 'never-issued');
    expect(stolen.body).toEqual(invented.body);
    expect(stolen.status).toBe(invented.status);
  });

  it('is refused to the built-in client', async () => {
    expect(await present('trackeep-cli', tokens.refresh_token)).toMatchObject(refusal);
    await expectUnharmed(tokens.refresh_token);
  });

  it('is refused to a client with a secret', async () => {
    const { status } = await post(
      `${lab.address}/token`,
      { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' },
      { authorization: `Basic ${btoa(`${CONFIGURED.client_id}:${CONFIGURED.client_secret}`)}` },
    );
    expect(status).toBe(400);
    await expectUnharmed(tokens.refresh_token);
  });

  it('is refused to a client that does not exist, and to none at all', async () => {
    expect(await present('00000000-0000-4000-8000-000000000000', tokens.refresh_token)).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    const nobody = { grant_type: 'refresh_token', refresh_token: tokens.refresh_token ?? '' };
    expect((await post(`${lab.address}/token`, nobody)).status).toBeGreaterThanOrEqual(400);
    await expectUnharmed(tokens.refresh_token);
  });

  it('has no grace for another client: the successor is for its owner alone', async () => {
    const successor = (await present(owner, tokens.refresh_token)).body.refresh_token;
    expect(await present(thief, tokens.refresh_token)).toMatchObject(refusal);
    expect((await present(owner, tokens.refresh_token)).body.refresh_token).toBe(successor);
    await expectUnharmed(successor);
  });

  it('does not make a replay of a used one: only its owner can bring the family down', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    try {
      const successor = (await present(owner, tokens.refresh_token)).body.refresh_token;
      vi.setSystemTime(Date.now() + 60_000);
      expect(await present(thief, tokens.refresh_token)).toMatchObject(refusal);
      await expectUnharmed(successor);
    } finally {
      vi.useRealTimers();
    }
  });

  it('is not revoked for another client either', async () => {
    for (const token of [tokens.refresh_token, tokens.access_token]) {
      await post(`${lab.address}/revoke`, { token: token ?? '', client_id: thief });
    }
    await expectUnharmed(tokens.refresh_token);
  });

  it('is refused to ten at once without harm', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => present(thief, tokens.refresh_token)));
    for (const answer of answers) expect(answer).toMatchObject(refusal);
    await expectUnharmed(tokens.refresh_token);
  });
});
