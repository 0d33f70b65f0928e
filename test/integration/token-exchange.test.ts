/** Token exchange (RFC 8693) over real HTTP against the whole app. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AuditView } from '../../src/shared/connection-views.ts';
import { type BrokerLab, openBrokerLab } from '../support/broker-lab.ts';
import { post, register } from '../support/oauth-client.ts';

const EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';
const ACCESS_TOKEN = 'urn:ietf:params:oauth:token-type:access_token';

let lab: BrokerLab;
let client: { clientId: string; token: string };
beforeAll(async () => {
  lab = await openBrokerLab();
  await lab.connect('octocat');
  client = await lab.client('token:github updates:read', { name: 'Exchanger' });
});
afterAll(() => lab.stop());

const exchange = (parameters: Record<string, string | string[]> = {}) => {
  const form = new URLSearchParams();
  const all = {
    grant_type: EXCHANGE,
    client_id: client.clientId,
    subject_token: client.token,
    subject_token_type: ACCESS_TOKEN,
    audience: 'github',
    ...parameters,
  };
  for (const [name, value] of Object.entries(all)) for (const one of [value].flat()) form.append(name, one);
  return post(`${lab.address}/token`, form);
};
const audit = () => lab.call<AuditView[]>('audit.list');

describe('token exchange', () => {
  it('answers one of our tokens with one of the provider, and says so in the audit log', async () => {
    const { status, headers, body } = await exchange();
    expect(status).toBe(200);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(body).toEqual({
      access_token: expect.stringMatching(/^ghu_/),
      issued_token_type: ACCESS_TOKEN,
      token_type: 'Bearer',
      expires_in: expect.any(Number),
      scope: '',
    });
    const user = await fetch(`${lab.github.apiUrl}/user`, {
      headers: { authorization: `Bearer ${body.access_token}` },
    });
    expect(await user.json()).toMatchObject({ login: 'octocat' });
    expect((await audit())[0]).toMatchObject({
      requester: { kind: 'client', id: client.clientId, name: 'Exchanger' },
      platform: 'github',
    });
  });

  it('is told in the metadata, and given to a client that asks for it', async () => {
    const metadata = await (await fetch(`${lab.address}/.well-known/oauth-authorization-server`)).json();
    expect(metadata.grant_types_supported).toContain(EXCHANGE);
    const { body } = await register(lab.address, { grant_types: ['authorization_code', EXCHANGE] });
    expect(body.grant_types).toEqual(['authorization_code', EXCHANGE]);
  });

  it('knows the provider by name or address, and one of several accounts by a second target', async () => {
    const addressed = await exchange({ audience: [], resource: `${lab.github.apiUrl}/` });
    expect(addressed.status).toBe(200);
    const hubot = await lab.connect('hubot');
    const before = (await audit()).length;
    expect((await exchange()).body).toMatchObject({ error: 'invalid_target' });
    expect((await audit()).length).toBe(before);
    const chosen = await exchange({ audience: ['github', hubot] });
    const user = await fetch(`${lab.github.apiUrl}/user`, {
      headers: { authorization: `Bearer ${chosen.body.access_token}` },
    });
    expect(await user.json()).toMatchObject({ login: 'hubot' });
    await lab.call('connections.disconnect', { id: hubot });
  });

  it.each<[string, Record<string, string | string[]>, string]>([
    ['no subject token', { subject_token: [] }, 'invalid_request'],
    ['a made-up one', { subject_token: 'made-up' }, 'invalid_request'],
    ['one of another type', { subject_token_type: 'urn:ietf:params:oauth:token-type:jwt' }, 'invalid_request'],
    ['two subject tokens', { subject_token: ['one', 'two'] }, 'invalid_request'],
    ['an actor', { actor_token: 'x', actor_token_type: ACCESS_TOKEN }, 'invalid_request'],
    [
      'a refresh token wanted',
      { requested_token_type: 'urn:ietf:params:oauth:token-type:refresh_token' },
      'invalid_request',
    ],
    ['no target', { audience: [] }, 'invalid_target'],
    ['an unknown target', { audience: 'nowhere' }, 'invalid_target'],
    [
      'an address that only begins alike',
      { audience: [], resource: 'https://api.github.com.evil.test' },
      'invalid_target',
    ],
    ['two providers', { audience: ['github', 'slack'] }, 'invalid_target'],
    ['a provider whose tokens are not handed out', { audience: 'hq' }, 'invalid_target'],
    ['an account that is not connected', { audience: ['github', '1'] }, 'invalid_target'],
    ['a provider that the subject token is not for', { audience: 'slack' }, 'invalid_scope'],
    ['a scope that the account lacks', { scope: 'repo' }, 'invalid_scope'],
  ])('refuses %s', async (_, parameters, error) => {
    const before = (await audit()).length;
    const answer = await exchange(parameters);
    expect(answer.status).toBe(400);
    expect(answer.body).toMatchObject({ error, error_description: expect.any(String) });
    expect(JSON.stringify(answer.body)).not.toContain(client.token);
    expect((await audit()).length).toBe(before);
  });

  it('refuses the token of another client, of another resource, and a revoked one', async () => {
    const thief = await lab.client('token:github');
    expect((await exchange({ client_id: thief.clientId })).body).toMatchObject({ error: 'invalid_request' });
    const forMcp = await lab.client('token:github', { resource: `${lab.address}/mcp` });
    expect((await exchange({ client_id: forMcp.clientId, subject_token: forMcp.token })).body).toMatchObject({
      error: 'invalid_request',
    });
    await lab.app.clients.revoke(thief.clientId);
    expect((await exchange({ client_id: thief.clientId, subject_token: thief.token })).body).toMatchObject({
      error: 'invalid_request',
    });
  });

  it('is closed to a client that never asked for it, and to one that is unknown', async () => {
    const { body } = await register(lab.address, {});
    expect((await exchange({ client_id: body.client_id })).status).toBe(400);
    expect((await exchange({ client_id: 'unknown' })).body).toMatchObject({ error: 'invalid_client' });
  });

  it('says when the account needs the person', async () => {
    const [connection] = await lab.call<{ id: string }[]>('connections.list');
    lab.github.expireRefreshTokens();
    await expect(lab.call('connections.refresh', { id: connection?.id })).rejects.toMatchObject({
      code: 'needs_reconnect',
    });
    expect((await exchange()).body).toMatchObject({ error: 'invalid_target' });
  });
});
