import type { Approvals } from '../../src/main/issuer/issuer.ts';
import {
  approve,
  authorizationRequest,
  openApprovalPage,
  openBrowser,
  post,
  redeem,
  refresh,
  register,
  type TokenAnswer,
} from './oauth-client.ts';

/**
 * Plays what clients do with the issuer, well and badly, for the search after secrets.
 *
 * @param parts.keep is given everything that was answered, but for the answers that hand out what was asked for
 * @returns what must not be found anywhere, with the word to name it by
 */
export async function playIssuer(parts: {
  address: string;
  approvals: Pick<Approvals, 'list' | 'approve'>;
  introspectionToken: string;
  keep(text: string): void;
}): Promise<Map<string, string>> {
  const { address, approvals, introspectionToken, keep } = parts;
  const secrets = new Map<string, string>([[introspectionToken, 'introspection token']]);
  const show = ({ status, headers, body }: { status: number; headers: Headers; body: unknown }) =>
    keep(`${status} ${JSON.stringify([...headers])} ${JSON.stringify(body)}`);

  const registered = await register(address);
  show(registered);
  const clientId = registered.body.client_id;
  const { url, verifier } = authorizationRequest(address, { clientId, scope: 'openid installations:read' });
  const browser = openBrowser();
  const back = await approve(browser, url, approvals, { rememberMs: 3_600_000 });
  const code = back.searchParams.get('code') ?? '';
  secrets.set(code, 'authorization code');
  secrets.set(verifier, 'verifier of a client');
  const tokens = (await redeem(address, { clientId, code, verifier })).body as unknown as TokenAnswer;
  const next = (await refresh(address, clientId, tokens.refresh_token ?? '')).body;
  for (const token of [tokens.access_token, next.access_token]) secrets.set(token, 'access token');
  for (const token of [tokens.refresh_token, next.refresh_token]) secrets.set(token ?? '', 'refresh token');

  for (const token of [next.access_token, tokens.access_token, next.refresh_token ?? '', `${next.access_token}x`]) {
    show(await post(`${address}/introspect`, { token }, { authorization: `Bearer ${introspectionToken}` }));
    show(await post(`${address}/introspect`, { token }, { authorization: `Bearer ${introspectionToken}x` }));
    show(await post(`${address}/revoke`, { token: `${token}x`, client_id: clientId }));
    for (const path of ['/userinfo', '/mcp']) await get(path, { authorization: `Bearer ${token}` });
  }
  await get(`/mcp?access_token=${next.access_token}`, {});
  await callTool('connections_status');
  await callTool('whoami');
  await callTool('list_repositories');

  // Each is refused, with the secret at hand.
  show(await refresh(address, `${clientId}x`, next.refresh_token ?? ''));
  show(await refresh(address, clientId, `${next.refresh_token}x`));
  show(await redeem(address, { clientId, code, verifier }));
  show(await redeem(address, { clientId, code: `${code}x`, verifier }));
  show(
    await post(
      `${address}/token`,
      `grant_type=refresh_token&refresh_token=${next.refresh_token}&client_id=${clientId}&refresh_token=x`,
    ),
  );
  await get(`/authorize?client_id=${next.refresh_token}&state=${code}`, { accept: 'text/html' });

  const device = await post<Record<string, string>>(`${address}/device/code`, {
    client_id: 'trackeep-cli',
    scope: 'openid',
  });
  secrets.set(device.body.device_code ?? '', 'device code');
  const polled = { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: 'trackeep-cli' };
  show(await post(`${address}/token`, { ...polled, device_code: device.body.device_code ?? '' }));
  show(await post(`${address}/token`, { ...polled, device_code: `${device.body.device_code}x` }));
  const waiting = await openApprovalPage(
    browser,
    authorizationRequest(address, { clientId, scope: 'github:read' }).url,
  );
  keep(waiting.page);
  show(await post(`${address}/revoke`, { token: next.refresh_token ?? '', client_id: clientId }));
  return secrets;

  async function get(path: string, headers: Record<string, string>) {
    const answer = await fetch(address + path, { headers, redirect: 'manual' });
    show({ status: answer.status, headers: answer.headers, body: await answer.text() });
  }

  async function callTool(name: string) {
    const answer = await fetch(`${address}/mcp`, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${next.access_token}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
      },
      body: JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: {} } }),
    });
    show({ status: answer.status, headers: answer.headers, body: await answer.text() });
  }
}
