import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { INTROSPECTION_TOKEN, type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import { post, refresh, signIn } from '../support/oauth-client.ts';
import { askWell } from '../support/oauth-fault.ts';

const SERVER = 'http://127.0.0.1:7000/mcp';
const FORM = 'application/x-www-form-urlencoded';

let lab: IssuerLab;
beforeAll(async () => {
  lab = await openIssuerLab({ config: { introspectionToken: INTROSPECTION_TOKEN }, resourceServers: [SERVER] });
});
afterAll(() => lab.close());

const signedIn = (options: Parameters<typeof signIn>[2] = {}) => signIn(lab.address, lab.issuer.approvals, options);
const introspect = async (token: string | undefined) =>
  (await post(`${lab.address}/introspect`, { token: token ?? '' }, { authorization: `Bearer ${INTROSPECTION_TOKEN}` }))
    .body;
const ask = (body: string, headers: Record<string, string>) =>
  askWell(`${lab.address}/introspect`, { method: 'POST', headers: { 'content-type': FORM, ...headers }, body });

describe('introspection', () => {
  it('tells a resource server for whom a token was issued, by whom, and until when', async () => {
    const { clientId, tokens } = await signedIn({ resource: SERVER });
    const { sub, exp, iat, jti } = decodeJwt(tokens.access_token);
    expect(await introspect(tokens.access_token)).toEqual({
      ...{ active: true, token_type: 'Bearer', iss: lab.address, aud: SERVER, client_id: clientId },
      ...{ scope: 'openid updates:read', sub, exp, iat, jti },
    });
  });

  it('tells of a refresh token while it can be used', async () => {
    const { clientId, tokens } = await signedIn();
    const { exp, ...rest } = await introspect(tokens.refresh_token);
    expect(rest).toEqual({ active: true, iss: lab.address, client_id: clientId, scope: 'openid updates:read' });
    expect(Number(exp) * 1000).toBeGreaterThan(Date.now());
    const next = (await refresh(lab.address, clientId, tokens.refresh_token ?? '')).body;
    expect(await introspect(tokens.refresh_token)).toEqual({ active: false });
    expect((await introspect(next.refresh_token)).active).toBe(true);
  });

  it('notices at once what the client or the person ended', async () => {
    const endings: ((client: string, token: string) => Promise<unknown>)[] = [
      (client, token) => post(`${lab.address}/revoke`, { token, client_id: client }),
      (client) => lab.issuer.clients.revoke(client),
      (client) => lab.issuer.clients.remove(client),
      () => lab.issuer.clients.revokeAll(),
    ];
    for (const end of endings) {
      const { clientId, tokens } = await signedIn();
      const both = [tokens.access_token, tokens.refresh_token];
      for (const token of both) expect((await introspect(token)).active).toBe(true);
      await end(clientId, tokens.access_token);
      for (const token of both) expect(await introspect(token)).toEqual({ active: false });
    }
  });

  it('notices when the time of a token has come', async () => {
    const { tokens } = await signedIn();
    const exp = Number(decodeJwt(tokens.access_token).exp) * 1000;
    try {
      vi.useFakeTimers({ toFake: ['Date'], now: exp - 1_000 });
      expect((await introspect(tokens.access_token)).active).toBe(true);
      vi.setSystemTime(exp + 6_000);
      expect(await introspect(tokens.access_token)).toEqual({ active: false });
      expect((await introspect(tokens.refresh_token)).active).toBe(true);
      vi.setSystemTime(Date.now() + 31 * 24 * 3_600_000);
      expect(await introspect(tokens.refresh_token)).toEqual({ active: false });
    } finally {
      vi.useRealTimers();
    }
  });

  it('knows nothing of codes, ID tokens and inventions', async () => {
    const { tokens } = await signedIn();
    for (const token of [tokens.id_token, 'unknown', '\0', '..', 'a'.repeat(60_000), '{"active":true}']) {
      expect(await introspect(token)).toEqual({ active: false });
    }
  });

  it.each([
    ['nothing', {}],
    ['another token', { authorization: 'Bearer another' }],
    ['the beginning of it', { authorization: `Bearer ${INTROSPECTION_TOKEN.slice(0, -1)}` }],
    ['more than it', { authorization: `Bearer ${INTROSPECTION_TOKEN}x` }],
    ['it in capitals', { authorization: `Bearer ${INTROSPECTION_TOKEN.toUpperCase()}` }],
    ['it as a password', { authorization: `Basic ${btoa(`x:${INTROSPECTION_TOKEN}`)}` }],
    ['it without a scheme', { authorization: INTROSPECTION_TOKEN }],
  ])('answers 401, and nothing else, to who presents %s', async (_what, headers) => {
    const { tokens } = await signedIn();
    const answer = await ask(`token=${tokens.access_token}`, headers as Record<string, string>);
    expect([answer.status, answer.error]).toEqual([401, 'invalid_client']);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.text).not.toContain('active');
  });

  it('takes the token of the resource server from the header alone', async () => {
    for (const body of [
      `access_token=${INTROSPECTION_TOKEN}&token=x`,
      `client_secret=${INTROSPECTION_TOKEN}&token=x`,
    ]) {
      expect((await ask(body, {})).status).toBe(401);
    }
  });

  it.each(['', 'token=', 'token=a&token=b', 'refresh_token=a'])('answers 400 to the form "%s"', async (body) => {
    const answer = await ask(body, { authorization: `bearer ${INTROSPECTION_TOKEN}` });
    expect([answer.status, answer.error]).toEqual([400, 'invalid_request']);
  });

  it('is off, and says how to switch it on, where no token is set', async () => {
    const plain = await openIssuerLab();
    try {
      for (const authorization of ['Bearer ', 'Bearer null', 'Bearer undefined', `Bearer ${INTROSPECTION_TOKEN}`]) {
        const { status, body } = await post(`${plain.address}/introspect`, { token: 'x' }, { authorization });
        expect(status).toBe(404);
        expect(body.error_description).toContain('INTROSPECTION_TOKEN is not set');
      }
    } finally {
      await plain.close();
    }
  });
});
