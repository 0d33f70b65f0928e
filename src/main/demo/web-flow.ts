import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../core/clock.ts';
import { type Answer, type Exchange, html, parametersOf, redirect } from './exchange.ts';
import { allowsRedirect, type OAuthClient } from './oauth-clients.ts';
import { consentPage, messagePage } from './pages.ts';

const CODE_LIFETIME_MS = 10 * 60_000;

interface Code {
  code: string;
  client: OAuthClient;
  login: string;
  scopes: string[];
  redirectUri: string;
  challenge: string | null;
  expiresAt: number;
}

export interface WebFlow {
  /** GET and POST /login/oauth/authorize (RFC 6749 §4.1.1): the consent page, and the person's decision. */
  authorize(exchange: Exchange): Answer;
  /**
   * Uses a code up (RFC 6749 §4.1.3, RFC 7636 §4.6).
   * @returns null for a code that is unknown, used, expired, another client's, or shown without its verifier
   */
  redeem(client: OAuthClient, parameters: URLSearchParams): { login: string; scopes: string[] } | null;
  /** Every code handed out, for tests that search for leaks. */
  everything(): string[];
}

/** The authorization code flow of the emulated GitHub. */
export function createWebFlow(options: {
  clock: Clock;
  clients: ReadonlyMap<string, OAuthClient>;
  logins: () => string[];
  /** Goes on without the consent page, as GitHub does for an app that was approved before. */
  skipConsent: boolean;
}): WebFlow {
  const { clock } = options;
  const codes = new Map<string, Code>();
  const everything: string[] = [];

  function approve(client: OAuthClient, parameters: URLSearchParams, login: string, redirectUri: string): Answer {
    const code: Code = {
      code: randomBytes(10).toString('hex'),
      client,
      login,
      scopes: client.kind === 'oauth-app' ? scopesOf(parameters) : [],
      redirectUri,
      challenge: parameters.get('code_challenge'),
      expiresAt: clock.now() + CODE_LIFETIME_MS,
    };
    codes.set(code.code, code);
    everything.push(code.code);
    return back(redirectUri, parameters, { code: code.code });
  }

  return {
    authorize(exchange) {
      const parameters = parametersOf(exchange);
      const client = options.clients.get(parameters.get('client_id') ?? '');
      if (!client) return html(404, messagePage('Not found', 'There is no app with this client ID.'));
      const redirectUri = parameters.get('redirect_uri') ?? client.callbackUrls?.[0] ?? '';
      if (!allowsRedirect(client, redirectUri)) {
        return html(400, messagePage('Be careful!', 'The redirect_uri is not associated with this application.'));
      }
      const method = parameters.get('code_challenge_method');
      if (parameters.has('code_challenge') && method !== 'S256') {
        return back(redirectUri, parameters, {
          error: 'invalid_request',
          error_description: 'code_challenge_method must be S256',
        });
      }
      const login = parameters.get('login') ?? options.logins()[0] ?? 'octocat';
      if (options.skipConsent) return approve(client, parameters, login, redirectUri);
      if (exchange.method === 'GET') {
        return html(200, consentPage({ client, logins: options.logins(), parameters }));
      }
      if (parameters.get('decision') === 'approve') return approve(client, parameters, login, redirectUri);
      return back(redirectUri, parameters, {
        error: 'access_denied',
        error_description: 'The user has denied your application access.',
      });
    },
    redeem(client, parameters) {
      const code = codes.get(parameters.get('code') ?? '');
      if (!code || code.client.clientId !== client.clientId) return null;
      codes.delete(code.code);
      if (code.expiresAt <= clock.now()) return null;
      const redirectUri = parameters.get('redirect_uri');
      if (redirectUri !== null && redirectUri !== code.redirectUri) return null;
      if (code.challenge !== null && code.challenge !== s256(parameters.get('code_verifier') ?? '')) return null;
      return { login: code.login, scopes: code.scopes };
    },
    everything: () => [...everything],
  };
}

function back(redirectUri: string, asked: URLSearchParams, fields: Record<string, string>): Answer {
  const url = new URL(redirectUri);
  for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
  const state = asked.get('state');
  if (state !== null) url.searchParams.set('state', state);
  return redirect(url.href);
}

/** The scopes asked for: separated by spaces, or by commas as GitHub also allows. */
export function scopesOf(parameters: URLSearchParams): string[] {
  return (parameters.get('scope') ?? '').split(/[\s,]+/).filter((scope) => scope !== '');
}

const s256 = (verifier: string) => createHash('sha256').update(verifier).digest('base64url');
