import { decodeJwt, decodeProtectedHeader } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import { approve, authorizationRequest, openBrowser, refresh, register, signIn } from '../support/oauth-client.ts';

describe('the code flow', () => {
  let lab: IssuerLab;
  beforeAll(async () => {
    lab = await openIssuerLab();
  });
  afterAll(() => lab.close());

  it('ends with an access token as RFC 9068 has it, and a refresh token', async () => {
    const { clientId, tokens } = await signIn(lab.address, lab.issuer.approvals);
    expect(decodeProtectedHeader(tokens.access_token)).toMatchObject({ typ: 'at+jwt', alg: 'ES256' });
    expect(decodeJwt(tokens.access_token)).toMatchObject({
      iss: lab.address,
      aud: `${lab.address}/mcp`,
      client_id: clientId,
      scope: 'openid updates:read',
    });
    expect(tokens.refresh_token).toEqual(expect.any(String));
  });

  it('gives a new refresh token for each one that is used', async () => {
    const { clientId, tokens } = await signIn(lab.address, lab.issuer.approvals);
    const first = await refresh(lab.address, clientId, tokens.refresh_token ?? '');
    expect(first.status).toBe(200);
    expect(first.body.refresh_token).not.toBe(tokens.refresh_token);
    expect((await refresh(lab.address, clientId, first.body.refresh_token ?? '')).status).toBe(200);
  });

  it('begins at / as well, where a client takes the issuer itself for the authorization endpoint', async () => {
    const { body } = await register(lab.address);
    const { url } = authorizationRequest(lab.address, { clientId: body.client_id });
    const back = await approve(openBrowser(), url.replace('/authorize?', '/?'), lab.issuer.approvals);
    expect(back.searchParams.get('code')).toEqual(expect.any(String));
  });

  it('knows clients that register', async () => {
    const { body } = await register(lab.address);
    expect((await lab.issuer.clients.list()).map(({ id }) => id)).toContain(body.client_id);
  });
});
