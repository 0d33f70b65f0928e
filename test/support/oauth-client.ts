/**
 * An OAuth client made of plain requests, and the browser of its person: for specs that look at what exactly is sent and
 * answered. Where a real client library matters, specs use one.
 */
import { createHash, randomBytes } from 'node:crypto';
import type { Approvals } from '../../src/main/issuer/issuer.ts';

export interface TokenAnswer {
  access_token: string;
  refresh_token?: string;
  id_token?: string;
  token_type: string;
  expires_in: number;
  scope: string;
}

export interface AuthorizationOptions {
  clientId: string;
  redirectUri?: string;
  scope?: string;
  resource?: string;
  state?: string;
  /** Parameters beside the usual ones, or in their place; null leaves one out. */
  extra?: Readonly<Record<string, string | null>>;
}

export const REDIRECT_URI = 'http://127.0.0.1:3118/callback';

export interface Answer<T = Record<string, unknown>> {
  status: number;
  headers: Headers;
  body: T;
}

/** Registers a client; what is not told is as an editor would send it. */
export async function register(
  issuer: string,
  metadata: Record<string, unknown> = {},
  headers: Record<string, string> = {},
): Promise<Answer<{ client_id: string } & Record<string, unknown>>> {
  const answer = await fetch(`${issuer}/register`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({
      client_name: 'Test editor',
      redirect_uris: [REDIRECT_URI],
      grant_types: ['authorization_code', 'refresh_token'],
      response_types: ['code'],
      token_endpoint_auth_method: 'none',
      ...metadata,
    }),
  });
  return read(answer);
}

/** An authorization request with PKCE (RFC 7636), and the verifier that belongs to it. */
export function authorizationRequest(issuer: string, options: AuthorizationOptions): { url: string; verifier: string } {
  const verifier = randomBytes(32).toString('base64url');
  const parameters: Record<string, string | null> = {
    response_type: 'code',
    client_id: options.clientId,
    redirect_uri: options.redirectUri ?? REDIRECT_URI,
    scope: options.scope ?? 'openid updates:read',
    state: options.state ?? 'state-of-the-client',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    resource: options.resource ?? null,
    ...options.extra,
  };
  const given = Object.entries(parameters).filter((entry): entry is [string, string] => entry[1] !== null);
  return { url: `${issuer}/authorize?${new URLSearchParams(given)}`, verifier };
}

/** A browser that keeps cookies and follows redirects for as long as they stay at the issuer. */
export function openBrowser() {
  const cookies = new Map<string, { value: string; path: string }>();

  const visit = async (url: string, init: RequestInit = {}): Promise<{ response: Response; url: string }> => {
    const { pathname } = new URL(url);
    const sent = [...cookies].filter(
      ([, { path }]) => pathname === path || pathname.startsWith(path.replace(/\/?$/, '/')),
    );
    const response = await fetch(url, {
      redirect: 'manual',
      ...init,
      headers: {
        accept: 'text/html',
        ...(sent.length > 0 ? { cookie: sent.map(([name, { value }]) => `${name}=${value}`).join('; ') } : {}),
        ...init.headers,
      },
    });
    for (const line of response.headers.getSetCookie()) {
      const [pair = '', ...attributes] = line.split(/;\s*/);
      const cut = pair.indexOf('=');
      const path = attributes.find((attribute) => attribute.toLowerCase().startsWith('path='))?.slice(5) ?? '/';
      const value = pair.slice(cut + 1);
      if (value === '') cookies.delete(pair.slice(0, cut));
      else cookies.set(pair.slice(0, cut), { value, path });
    }
    return { response, url };
  };

  return {
    /** One request, its redirect not followed. */
    visit,
    /** Follows redirects until a page is there, or the browser is sent away from the issuer. */
    async follow(url: string, init?: RequestInit): Promise<{ response: Response; url: string; away: URL | null }> {
      const home = new URL(url).origin;
      let at = await visit(url, init);
      for (let steps = 0; steps < 10; steps += 1) {
        const location = at.response.headers.get('location');
        if (location === null) return { ...at, away: null };
        const target = new URL(location, at.url);
        if (target.origin !== home) return { ...at, away: target };
        at = await visit(target.href);
      }
      throw new Error('The issuer sends the browser round in circles.');
    },
  };
}

export type Browser = ReturnType<typeof openBrowser>;

/** The number on the page with the approval. */
export function numberOn(page: string): number {
  const number = /id="approval-number">(\d\d)</.exec(page)?.[1];
  if (number === undefined) throw new Error(`There is no number on this page:\n${page}`);
  return Number(number);
}

/** Opens the page of an authorization request. */
export async function openApprovalPage(browser: Browser, url: string): Promise<{ page: string; url: string }> {
  const opened = await browser.follow(url);
  return { page: await opened.response.text(), url: opened.url };
}

/** The person sees the number on the page and chooses it in the app. @returns where the browser is sent to */
export async function approve(
  browser: Browser,
  url: string,
  approvals: Pick<Approvals, 'list' | 'approve'>,
  { rememberMs = null }: { rememberMs?: number | null } = {},
): Promise<URL> {
  const before = new Set((await approvals.list()).map(({ id }) => id));
  const shown = await openApprovalPage(browser, url);
  const waiting = (await approvals.list()).find(({ id }) => !before.has(id));
  if (waiting === undefined) throw new Error('No approval waits.');
  await approvals.approve({ id: waiting.id, number: numberOn(shown.page), rememberMs });
  const done = await browser.follow(`${shown.url}/continue`);
  if (done.away === null) throw new Error(`The browser stays at the issuer: ${await done.response.text()}`);
  return done.away;
}

/** The page where the person types the code of a device (RFC 8628 §3.3). */
export async function openDevicePage(browser: Browser, issuer: string) {
  let shown = await page(await browser.follow(`${issuer}/device`));
  return {
    /** Sends the form of the page that was shown last, with these fields. */
    async submit(fields: Readonly<Record<string, string>>) {
      const secret = /name="xsrf" value="([^"]+)"/.exec(shown.text)?.[1] ?? '';
      shown = await page(
        await browser.follow(`${issuer}/device`, {
          method: 'POST',
          headers: { 'content-type': 'application/x-www-form-urlencoded' },
          body: new URLSearchParams({ xsrf: secret, ...fields }),
        }),
      );
      return shown;
    },
  };

  async function page({ response, url }: { response: Response; url: string }) {
    return { status: response.status, url, text: await response.text() };
  }
}

/** Sends a form to an endpoint of the issuer. */
export async function post<T = Record<string, unknown>>(
  url: string,
  parameters: Readonly<Record<string, string>> | URLSearchParams | string,
  headers: Record<string, string> = {},
): Promise<Answer<T>> {
  const body = typeof parameters === 'string' ? parameters : new URLSearchParams(parameters).toString();
  return read<T>(
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
      body,
    }),
  );
}

/** From nothing to tokens. */
export async function signIn(
  issuer: string,
  approvals: Pick<Approvals, 'list' | 'approve'>,
  options: Partial<AuthorizationOptions> & { rememberMs?: number | null } = {},
): Promise<{ clientId: string; tokens: TokenAnswer }> {
  const clientId = options.clientId ?? (await register(issuer)).body.client_id;
  const { url, verifier } = authorizationRequest(issuer, { ...options, clientId });
  const back = await approve(openBrowser(), url, approvals, { rememberMs: options.rememberMs ?? null });
  const code = back.searchParams.get('code');
  if (code === null) throw new Error(`There is no code in ${back}.`);
  const redirectUri = options.redirectUri ?? REDIRECT_URI;
  const answer = await redeem(issuer, { clientId, code, verifier, redirectUri });
  if (answer.status !== 200) throw new Error(`The code was refused: ${JSON.stringify(answer.body)}`);
  return { clientId, tokens: answer.body as unknown as TokenAnswer };
}

export function redeem(
  issuer: string,
  {
    clientId,
    code,
    verifier,
    redirectUri = REDIRECT_URI,
  }: { clientId: string; code: string; verifier: string; redirectUri?: string },
) {
  return post(`${issuer}/token`, {
    grant_type: 'authorization_code',
    client_id: clientId,
    code,
    code_verifier: verifier,
    redirect_uri: redirectUri,
  });
}

export function refresh(issuer: string, clientId: string, refreshToken: string, extra: Record<string, string> = {}) {
  return post<TokenAnswer & { error?: string; error_description?: string }>(`${issuer}/token`, {
    grant_type: 'refresh_token',
    client_id: clientId,
    refresh_token: refreshToken,
    ...extra,
  });
}

async function read<T>(answer: Response): Promise<Answer<T>> {
  const text = await answer.text();
  return {
    status: answer.status,
    headers: answer.headers,
    body: (answer.headers.get('content-type')?.includes('json') ? JSON.parse(text) : { text }) as T,
  };
}
