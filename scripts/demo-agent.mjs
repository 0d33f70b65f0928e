/**
 * The demo's local agent: an MCP client on the SDK that knows nothing but the server's address, and the browser of the
 * person who uses it.
 */
import { Client, StreamableHTTPClientTransport, UnauthorizedError } from '@modelcontextprotocol/client';

const REDIRECT_URL = 'http://127.0.0.1:33418/callback';

/**
 * Registers, is approved, and calls a tool.
 *
 * @param {URL} mcp the server's address
 * @param {(number: string) => Promise<void>} decide the person: sees the number on the page and chooses it in the app
 * @returns {Promise<{ clientId: string, tools: string[], result: unknown }>}
 */
export async function runAgent(mcp, decide) {
  const memory = { client: undefined, tokens: undefined, verifier: '', discovery: undefined };
  let answer = new URLSearchParams();
  const authProvider = {
    redirectUrl: REDIRECT_URL,
    clientMetadata: { client_name: 'Demo agent', redirect_uris: [REDIRECT_URL] },
    clientInformation: () => memory.client,
    saveClientInformation: (client) => {
      memory.client = client;
    },
    tokens: () => memory.tokens,
    saveTokens: (tokens) => {
      memory.tokens = tokens;
    },
    codeVerifier: () => memory.verifier,
    saveCodeVerifier: (verifier) => {
      memory.verifier = verifier;
    },
    discoveryState: () => memory.discovery,
    saveDiscoveryState: (state) => {
      memory.discovery = state;
    },
    async redirectToAuthorization(url) {
      answer = await visit(url, decide);
    },
  };

  const open = () => new StreamableHTTPClientTransport(mcp, { authProvider });
  const first = open();
  try {
    await new Client({ name: 'demo-agent', version: '1.0.0' }).connect(first);
    throw new Error('the server asked for no authorization');
  } catch (error) {
    if (!(error instanceof UnauthorizedError)) throw error;
  }
  await first.finishAuth(answer);

  const client = new Client({ name: 'demo-agent', version: '1.0.0' });
  await client.connect(open());
  const { tools } = await client.listTools();
  const { structuredContent } = await client.callTool({ name: 'list_repositories', arguments: {} });
  await client.close();
  return { clientId: memory.client.client_id, tools: tools.map(({ name }) => name), result: structuredContent };
}

/** The browser: opens the page, shows the person the number, and goes back to the agent with what came of it. */
async function visit(url, decide) {
  const cookies = new Map();
  const request = async (address) => {
    const response = await fetch(address, {
      redirect: 'manual',
      headers: { accept: 'text/html', cookie: [...cookies].map((pair) => pair.join('=')).join('; ') },
    });
    for (const line of response.headers.getSetCookie()) {
      const [name, value] = line.split(';')[0].split(/=(.*)/s);
      cookies.set(name, value);
    }
    return response;
  };
  let at = url.href;
  let response = await request(at);
  for (; response.headers.has('location'); response = await request(at)) {
    at = new URL(response.headers.get('location'), at).href;
  }
  const number = /id="approval-number">(\d+)</.exec(await response.text())?.[1];
  if (number === undefined) throw new Error(`there is no number on the page (${response.status})`);
  await decide(number);
  for (at = `${at}/continue`; at.startsWith(url.origin); ) {
    at = new URL((await request(at)).headers.get('location'), at).href;
  }
  return new URL(at).searchParams;
}
