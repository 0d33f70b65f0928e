import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import {
  approve,
  authorizationRequest,
  openBrowser,
  post,
  REDIRECT_URI,
  refresh,
  register,
  signIn,
} from '../support/oauth-client.ts';
import { askWell } from '../support/oauth-fault.ts';

const SECRET = '0123456789abcdefghijklmnopqrstuvwxyz';
const BY_SECRET = { authorization: `Basic ${btoa(`build-server:${SECRET}`)}` };

describe('a token that is revoked', () => {
  let folder: string;
  let lab: IssuerLab;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'tt-revocation-'));
    const clientsFile = join(folder, 'clients.json');
    const client = { client_id: 'build-server', client_secret: SECRET, client_name: 'Build server' };
    await writeFile(clientsFile, JSON.stringify([{ ...client, redirect_uris: [REDIRECT_URI] }]), { mode: 0o600 });
    lab = await openIssuerLab({ config: { clientsFile, registrationsPerHour: 1_000 } });
  });
  afterAll(async () => {
    await lab.close();
    await rm(folder, { recursive: true });
  });

  const signedIn = (clientId?: string) =>
    signIn(lab.address, lab.issuer.approvals, clientId === undefined ? {} : { clientId });
  const revoke = (parameters: Record<string, string>, headers: Record<string, string> = {}) =>
    post(`${lab.address}/revoke`, parameters, headers);
  const isGood = async (token: string) => (await lab.issuer.checkAccessToken(token, null)) !== null;
  const isRefused = async (clientId: string, token = '') =>
    (await refresh(lab.address, clientId, token)).body.error === 'invalid_grant';

  it.each(['access_token', 'refresh_token'] as const)('by its %s ends at once with all of its grant', async (kind) => {
    const { clientId, tokens } = await signedIn();
    const next = (await refresh(lab.address, clientId, tokens.refresh_token ?? '')).body;
    const answer = await revoke({ token: next[kind] ?? '', client_id: clientId });
    expect([answer.status, answer.body]).toEqual([200, { text: '' }]);
    expect(await isGood(tokens.access_token)).toBe(false);
    expect(await isGood(next.access_token)).toBe(false);
    expect(await isRefused(clientId, next.refresh_token)).toBe(true);
    // Within the grace, too, for which the token before the last one is still known.
    expect(await isRefused(clientId, tokens.refresh_token)).toBe(true);
    const known = (await lab.issuer.clients.list()).find(({ id }) => id === clientId);
    expect(known?.grants).toEqual([]);
  });

  it('ends no other grant of its client', async () => {
    const { clientId, tokens } = await signedIn();
    const other = await signedIn(clientId);
    await revoke({ token: tokens.access_token, client_id: clientId });
    expect(await isGood(tokens.access_token)).toBe(false);
    expect(await isGood(other.tokens.access_token)).toBe(true);
  });

  it('stays so after a restart', async () => {
    const { clientId, tokens } = await signedIn();
    await revoke({ token: tokens.refresh_token ?? '', client_id: clientId });
    lab = await lab.restart();
    expect(await isGood(tokens.access_token)).toBe(false);
    expect(await isRefused(clientId, tokens.refresh_token)).toBe(true);
  });

  it('may be revoked again', async () => {
    const { clientId, tokens } = await signedIn();
    for (const token of [tokens.access_token, tokens.access_token, tokens.refresh_token ?? '']) {
      expect((await revoke({ token, client_id: clientId })).status).toBe(200);
    }
  });

  it('is one that was used before: whoever keeps it can end what came of it', async () => {
    const { clientId, tokens } = await signedIn();
    const next = (await refresh(lab.address, clientId, tokens.refresh_token ?? '')).body;
    expect((await revoke({ token: tokens.refresh_token ?? '', client_id: clientId })).status).toBe(200);
    expect(await isGood(next.access_token)).toBe(false);
    expect(await isRefused(clientId, next.refresh_token)).toBe(true);
  });

  it('that is no token, or one that has ended, is as good as revoked (RFC 7009 §2.2)', async () => {
    const { clientId, tokens } = await signedIn();
    for (const token of ['unknown', '\0', 'a.b.c', '..', `${tokens.access_token}x`, tokens.id_token ?? '']) {
      expect((await revoke({ token, client_id: clientId })).status).toBe(200);
    }
    expect(await isGood(tokens.access_token)).toBe(true);
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + tokens.expires_in * 1000 + 60_000 });
    try {
      expect((await revoke({ token: tokens.access_token, client_id: clientId })).status).toBe(200);
    } finally {
      vi.useRealTimers();
    }
  });

  it('for another client is not revoked, and that client is told nothing', async () => {
    const { clientId, tokens } = await signedIn();
    const other = (await register(lab.address)).body.client_id;
    for (const token of [tokens.access_token, tokens.refresh_token ?? '']) {
      expect(await revoke({ token, client_id: other })).toMatchObject({ status: 200, body: { text: '' } });
      expect(await revoke({ token }, BY_SECRET)).toMatchObject({ status: 200, body: { text: '' } });
    }
    expect(await isGood(tokens.access_token)).toBe(true);
    expect((await refresh(lab.address, clientId, tokens.refresh_token ?? '')).status).toBe(200);
  });

  it('of a client with a secret is revoked with that secret, and not without', async () => {
    const { url, verifier } = authorizationRequest(lab.address, { clientId: 'build-server' });
    const back = await approve(openBrowser(), url, lab.issuer.approvals);
    const code = back.searchParams.get('code') ?? '';
    const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: REDIRECT_URI };
    const token = String((await post(`${lab.address}/token`, grant, BY_SECRET)).body.access_token);
    expect(await revoke({ token, client_id: 'build-server' })).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
    expect(await isGood(token)).toBe(true);
    expect((await revoke({ token }, BY_SECRET)).status).toBe(200);
    expect(await isGood(token)).toBe(false);
  });

  it.each([
    ['no token', 'client_id=CLIENT', 400, 'invalid_request'],
    ['two tokens', 'client_id=CLIENT&token=TOKEN&token=TOKEN', 400, 'invalid_request'],
    ['two clients', 'client_id=CLIENT&client_id=x&token=TOKEN', 400, 'invalid_request'],
    ['no client', 'token=TOKEN', 400, 'invalid_request'],
    ['an unknown client', 'client_id=nobody&token=TOKEN', 401, 'invalid_client'],
  ])('by a request with %s is not', async (_what, form, status, error) => {
    const { clientId, tokens } = await signedIn();
    const answer = await askWell(`${lab.address}/revoke`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: form.replace('CLIENT', clientId).replaceAll('TOKEN', tokens.access_token),
    });
    expect([answer.status, answer.error]).toEqual([status, error]);
    expect(await isGood(tokens.access_token)).toBe(true);
  });

  it('is not brought back by a refresh at the same time', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { clientId, tokens } = await signedIn();
      const [renewed] = await Promise.all([
        refresh(lab.address, clientId, tokens.refresh_token ?? ''),
        revoke({ token: tokens.access_token, client_id: clientId }),
      ]);
      if (renewed.status !== 200) continue;
      expect(await isGood(renewed.body.access_token)).toBe(false);
      expect(await isRefused(clientId, renewed.body.refresh_token)).toBe(true);
    }
  });
});
