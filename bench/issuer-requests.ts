/** What the issuer's benchmarks ask, as it goes over the wire. */

import type { StoredToken } from '../test/support/issuer-load-store.ts';
import { CONNECTIONS, rawRequest } from './servers.ts';

export interface Asked {
  port: number;
  requests: string[];
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const TOOL_CALL = JSON.stringify({
  jsonrpc: '2.0',
  id: 1,
  method: 'tools/call',
  params: { name: 'connections_status', arguments: {} },
});

export function refreshes(port: number, tokens: readonly StoredToken[]): Asked {
  const requests = tokens.map(({ clientId, refreshToken }) =>
    rawRequest(
      'POST /token',
      { host: `127.0.0.1:${port}`, ...FORM },
      new URLSearchParams({ grant_type: 'refresh_token', client_id: clientId, refresh_token: refreshToken }),
    ),
  );
  return { port, requests };
}

/** @param authorization of who asks @param tokens one is asked about by all connections */
export function introspections(
  port: number,
  authorization: string,
  tokens: readonly string[],
  path = '/introspect',
): Asked {
  const headers = { host: `127.0.0.1:${port}`, ...FORM, authorization };
  const requests = tokens.map((token) => rawRequest(`POST ${path}`, headers, new URLSearchParams({ token })));
  return { port, requests: requests.length === 1 ? Array(CONNECTIONS).fill(requests[0]) : requests };
}

export function toolCalls(port: number, accessTokens: readonly string[]): Asked {
  const requests = accessTokens.map((token) =>
    rawRequest(
      'POST /mcp',
      {
        host: `127.0.0.1:${port}`,
        'content-type': 'application/json',
        accept: 'application/json, text/event-stream',
        'mcp-protocol-version': '2025-11-25',
        authorization: `Bearer ${token}`,
      },
      TOOL_CALL,
    ),
  );
  return { port, requests };
}

/** Asks once, to see the answer. @throws Error unless it is 200 */
export async function answerTo({ port, requests: [request = ''] }: Asked): Promise<string> {
  const [head = '', body = ''] = request.split('\r\n\r\n');
  const [line = '', ...headers] = head.split('\r\n');
  const [method = '', path = ''] = line.split(' ');
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: headers
      .map((header) => header.split(': ') as [string, string])
      .filter(([name]) => !['host', 'content-length'].includes(name)),
    ...(body === '' ? {} : { body }),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${line}: ${answer.status} ${text}`);
  return text;
}
