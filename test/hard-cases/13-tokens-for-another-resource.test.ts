import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTROSPECTION_TOKEN, type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import {
  approve,
  authorizationRequest,
  openBrowser,
  post,
  refresh,
  register,
  signIn,
  type TokenAnswer,
} from '../support/oauth-client.ts';
import { startWholeApp, type WholeApp } from '../support/whole-app.ts';

const NOTES = 'https://notes.example.test/mcp';
const TASKS = 'https://tasks.example.test';

const INITIALIZE = {
  jsonrpc: '2.0',
  id: 1,
  method: 'initialize',
  params: { protocolVersion: '2025-11-25', capabilities: {}, clientInfo: { name: 'test', version: '1' } },
};

describe('a token at a resource that it is not for', () => {
  let whole: WholeApp;
  beforeAll(async () => {
    whole = await startWholeApp({ env: { TRACKEEP_RESOURCE_SERVERS: `${NOTES} ${TASKS}`, INTROSPECTION_TOKEN } });
  });
  afterAll(() => whole.stop());

  const tokensFor = async (resource?: string) =>
    (await signIn(whole.address, whole.approvals, resource === undefined ? {} : { resource })).tokens;

  const sendToMcp = ({ access_token: token }: TokenAnswer) =>
    fetch(`${whole.address}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify(INITIALIZE),
    });

  it('is refused at our MCP server: 401 invalid_token, with the way to one that is good', async () => {
    // For the issuer itself, too: what may ask the issuer may not, for that, use the tools.
    for (const resource of [NOTES, TASKS, whole.address]) {
      const answer = await sendToMcp(await tokensFor(resource));
      expect(answer.status).toBe(401);
      const challenge = answer.headers.get('www-authenticate') ?? '';
      expect(challenge).toContain('error="invalid_token"');
      expect(challenge).toContain('resource_metadata=');
      await answer.body?.cancel();
    }
  });

  it('is taken where it is for', async () => {
    for (const resource of [undefined, `${whole.address}/mcp`, `${whole.address}/mcp/`]) {
      const answer = await sendToMcp(await tokensFor(resource));
      expect(answer.status).toBe(200);
      await answer.body?.cancel();
    }
  });

  it('is refused with a refresh token or an id token in its place', async () => {
    const tokens = await tokensFor();
    for (const token of [tokens.refresh_token ?? '', tokens.id_token ?? '']) {
      const answer = await sendToMcp({ ...tokens, access_token: token });
      expect(answer.status).toBe(401);
      await answer.body?.cancel();
    }
  });

  it('tells other resource servers by introspection and by its own words whom it is for', async () => {
    const { access_token: token } = await tokensFor(NOTES);
    expect(decodeJwt(token).aud).toBe(NOTES);
    const headers = { authorization: `Bearer ${INTROSPECTION_TOKEN}` };
    const { body } = await post(`${whole.address}/introspect`, { token }, headers);
    expect(body).toMatchObject({ active: true, aud: NOTES });
  });
});

describe('the name of a resource', () => {
  let lab: IssuerLab;
  let clientId: string;
  beforeAll(async () => {
    lab = await openIssuerLab({ resourceServers: [NOTES, `${TASKS}/`] });
    clientId = (await register(lab.address)).body.client_id;
  });
  afterAll(() => lab.close());

  const audience = (token: string) => decodeJwt(token).aud;
  const enter = async (resource: string) =>
    (await signIn(lab.address, lab.issuer.approvals, { clientId, resource })).tokens;
  const renew = (tokens: TokenAnswer, resource: string) =>
    refresh(lab.address, clientId, tokens.refresh_token ?? '', { resource });
  const port = () => new URL(lab.address).port;

  it.each([
    [NOTES, NOTES],
    [`${NOTES}/`, NOTES],
    ['HTTPS://Notes.Example.Test:443/mcp', NOTES],
    [TASKS, TASKS],
    [`${TASKS}/`, TASKS],
  ])('%s is %s, whoever writes it how', async (asked, meant) => {
    const tokens = await enter(asked);
    expect(audience(tokens.access_token)).toBe(meant);
    expect(await lab.issuer.checkAccessToken(tokens.access_token, meant)).not.toBeNull();
    expect(await lab.issuer.checkAccessToken(tokens.access_token, `${lab.address}/mcp`)).toBeNull();
  });

  it('is the same with and without a slash, from one request to the next', async () => {
    const tokens = await enter(`${NOTES}/`);
    const second = await renew(tokens, NOTES);
    expect(second.status).toBe(200);
    const third = await renew(second.body, `${NOTES}/`);
    expect(third.status).toBe(200);
    expect(audience(third.body.access_token)).toBe(NOTES);
  });

  it.each(['127.0.0.1', 'localhost', '[::1]'])('of our own server is one also by the name %s', async (name) => {
    const tokens = await enter(`http://${name}:${port()}/mcp/`);
    expect(audience(tokens.access_token)).toBe(`${lab.address}/mcp`);
    expect((await renew(tokens, `http://${name}:${port()}/mcp`)).status).toBe(200);
  });

  it('with more behind it is another: no token for it, and the person is not asked', async () => {
    for (const other of [
      `${NOTES}/more`,
      `${NOTES}x`,
      `${NOTES}?a=1`,
      `${TASKS}.evil.test`,
      'https://elsewhere.test',
    ]) {
      const { url } = authorizationRequest(lab.address, { clientId, resource: other });
      const { away } = await openBrowser().follow(url);
      expect(away?.searchParams.get('error')).toBe('invalid_target');
      expect(away?.searchParams.has('code')).toBe(false);
    }
    expect(await lab.issuer.approvals.list()).toEqual([]);
  });

  it('is one at a time', async () => {
    const { url } = authorizationRequest(lab.address, { clientId, resource: NOTES });
    const { away } = await openBrowser().follow(`${url}&${new URLSearchParams({ resource: TASKS })}`);
    expect(away?.searchParams.get('error')).toBe('invalid_target');
  });

  it('cannot be changed with a refresh, and the attempt costs nothing', async () => {
    const tokens = await enter(NOTES);
    const answer = await renew(tokens, TASKS);
    expect({ status: answer.status, error: answer.body.error }).toEqual({ status: 400, error: 'invalid_target' });
    expect((await renew(tokens, NOTES)).status).toBe(200);
  });

  it('cannot be changed with the code', async () => {
    const { url, verifier } = authorizationRequest(lab.address, { clientId, resource: NOTES });
    const back = await approve(openBrowser(), url, lab.issuer.approvals);
    const { status, body } = await post(`${lab.address}/token`, {
      grant_type: 'authorization_code',
      client_id: clientId,
      code: back.searchParams.get('code') ?? '',
      code_verifier: verifier,
      redirect_uri: 'http://127.0.0.1:3118/callback',
      resource: TASKS,
    });
    expect({ status, error: body.error }).toEqual({ status: 400, error: 'invalid_target' });
  });

  it('that is gone makes a refresh an invalid_grant, and none of the others', async () => {
    const notes = await enter(NOTES);
    const tasks = await enter(TASKS);
    lab.setResourceServers([TASKS]);
    try {
      for (const resource of [{}, { resource: NOTES }] as Record<string, string>[]) {
        const answer = await refresh(lab.address, clientId, notes.refresh_token ?? '', resource);
        expect({ status: answer.status, error: answer.body.error }).toEqual({ status: 400, error: 'invalid_grant' });
      }
      expect((await renew(tasks, TASKS)).status).toBe(200);
    } finally {
      lab.setResourceServers([NOTES, TASKS]);
    }
  });
});
