import { type CryptoKey, decodeJwt, importJWK, type JWTPayload, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/main/core/clock.ts';
import { createSigningKeys } from '../../src/main/issuer/signing-keys.ts';
import { INTROSPECTION_TOKEN, type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import { post, signIn, type TokenAnswer } from '../support/oauth-client.ts';
import { askWell } from '../support/oauth-fault.ts';

describe('an access token', () => {
  let lab: IssuerLab;
  let clientId: string;
  let tokens: TokenAnswer;
  let claims: JWTPayload;
  let key: CryptoKey;
  let header: { alg: string; typ: string; kid: string };
  beforeAll(async () => {
    lab = await openIssuerLab({ config: { introspectionToken: INTROSPECTION_TOKEN } });
    ({ clientId, tokens } = await signIn(lab.address, lab.issuer.approvals));
    claims = decodeJwt(tokens.access_token);
    const keys = await createSigningKeys({ db: lab.db, vault: lab.vault, clock: systemClock() }).open();
    const jwk = keys.find(({ alg }) => alg === 'ES256');
    header = { alg: 'ES256', typ: 'at+jwt', kid: jwk?.kid ?? '' };
    key = (await importJWK(jwk ?? {}, 'ES256')) as CryptoKey;
  });
  afterAll(() => lab.close());

  const introspect = async (token: string) =>
    (await post(`${lab.address}/introspect`, { token }, { authorization: `Bearer ${INTROSPECTION_TOKEN}` })).body;
  const userinfo = (token: string) =>
    askWell(`${lab.address}/userinfo`, { headers: { authorization: `Bearer ${token}` } });
  const isTaken = async (token: string) => {
    const [seen, { status, error, headers }] = await Promise.all([introspect(token), userinfo(token)]);
    expect(seen.active).toBe(status === 200);
    if (status !== 200) {
      expect(seen).toEqual({ active: false });
      expect([status, error]).toEqual([401, 'invalid_token']);
      expect(headers.get('www-authenticate')).toContain('error="invalid_token"');
    }
    return status === 200;
  };
  /** Signed by our own key. */
  const signed = (change: object, head: object = {}) =>
    new SignJWT({ ...claims, ...change }).setProtectedHeader({ ...header, ...head }).sign(key);
  const base64 = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const seconds = () => Math.floor(Date.now() / 1000);

  it('of our own making is good: what follows fails for what it says', async () => {
    expect(await isTaken(await signed({}))).toBe(true);
  });

  it.each([
    ['of another issuer', { iss: 'http://127.0.0.1:1' }],
    ['of this issuer under another name', { iss: 'http://localhost' }],
    ['for several resources', { aud: ['http://a.test', 'http://b.test'] }],
    ['for no resource', { aud: undefined }],
    ['of no client', { client_id: undefined }],
    ['of another client', { client_id: 'trackeep-cli' }],
    ['of no grant', { grant_id: undefined }],
    ['of an unknown grant', { grant_id: '00000000-0000-4000-8000-000000000000' }],
    ['without an end', { exp: undefined }],
    ['past its end', { exp: seconds() - 60 }],
    ['before its beginning', { nbf: seconds() + 60 }],
  ])('%s is refused', async (_what, change) => {
    expect(await isTaken(await signed(change))).toBe(false);
  });

  it.each([
    ['of the type of an ID token', { typ: 'JWT' }],
    ['of no type', { typ: undefined }],
    ['of a key that is gone', { kid: 'gone' }],
  ])('%s is refused', async (_what, change) => {
    expect(await isTaken(await signed({}, change))).toBe(false);
  });

  it('tampered with, unsigned, or signed by our public key as a secret, is refused', async () => {
    const [head = '', body = '', signature = ''] = tokens.access_token.split('.');
    const jwks = await (await fetch(`${lab.address}/jwks`)).text();
    const wrong = [
      `${base64({ ...header, alg: 'none' })}.${body}.`,
      `${base64({ ...header, alg: 'None' })}.${body}.${signature}`,
      `${head}.${body}.`,
      `${head}.${body}`,
      `${head}.${base64({ ...claims, scope: 'openid token:github' })}.${signature}`,
      `${head}.${body}.${Buffer.alloc(64).toString('base64url')}`,
      await new SignJWT(claims).setProtectedHeader({ ...header, alg: 'HS256' }).sign(Buffer.from(jwks)),
      tokens.id_token ?? '',
      '.'.repeat(2_000),
      'a'.repeat(10_000),
    ];
    for (const token of wrong) expect(await isTaken(token)).toBe(false);
    expect((await userinfo(tokens.refresh_token ?? '')).status).toBe(401);
    expect(await isTaken(tokens.access_token)).toBe(true);
  });

  it('changed under a signature that was just found good is refused, and the unchanged one stays good', async () => {
    const token = await signed({});
    expect(await isTaken(token)).toBe(true);
    const [head, , signature] = token.split('.');
    const others = [
      [head, base64({ ...claims, scope: 'openid installations:manage' }), signature],
      [base64({ ...header, kid: 'other' }), base64(claims), signature],
      [signature],
      ['', '', signature],
    ];
    for (const parts of others) expect(await isTaken(parts.join('.'))).toBe(false);
    expect(await isTaken(token)).toBe(true);
  });

  it('is held to the time with five seconds for a clock that is set', async () => {
    expect(await isTaken(await signed({ exp: seconds() - 2 }))).toBe(true);
    expect(await isTaken(await signed({ exp: seconds() - 10 }))).toBe(false);
    expect(await isTaken(await signed({ nbf: seconds() + 2 }))).toBe(true);
  });

  it('outlives a clock that is set back by an hour', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: Date.now() - 3_600_000 });
    try {
      expect(await isTaken(tokens.access_token)).toBe(true);
    } finally {
      vi.useRealTimers();
    }
  });

  it('for another resource is not taken for ours', async () => {
    expect(await lab.issuer.checkAccessToken(tokens.access_token, `${lab.address}/mcp`)).not.toBeNull();
    expect(await lab.issuer.checkAccessToken(tokens.access_token, lab.address)).toBeNull();
  });

  it('without openid is not told who the person is', async () => {
    const { tokens: narrow } = await signIn(lab.address, lab.issuer.approvals, { clientId, scope: 'updates:read' });
    const answer = await userinfo(narrow.access_token);
    expect([answer.status, answer.error]).toEqual([403, 'insufficient_scope']);
    expect(answer.headers.get('www-authenticate')).toContain('scope="openid"');
  });

  it.each(['', 'Basic x', 'Bearer', 'Bearer a b', 'Bearer \tx'])('is missing in "%s"', async (authorization) => {
    const answer = await askWell(`${lab.address}/userinfo`, { headers: { authorization } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toMatch(/^Bearer/);
  });
});
