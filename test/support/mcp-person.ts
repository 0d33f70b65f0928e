import type { Approvals } from '../../src/main/issuer/issuer.ts';
import { approve, openBrowser, REDIRECT_URI } from './oauth-client.ts';

/**
 * What an MCP client needs of its host application, in memory: it fits the `OAuthClientProvider` of both versions of the
 * SDK. Where the client sends the browser, the person approves, and the code comes back.
 */
export interface McpPerson {
  readonly redirectUrl: string;
  readonly clientMetadata: { client_name: string; redirect_uris: string[] };
  clientInformation(): never;
  saveClientInformation(information: unknown): void;
  tokens(): never;
  saveTokens(tokens: unknown): void;
  redirectToAuthorization(url: URL): Promise<void>;
  saveCodeVerifier(verifier: string): void;
  codeVerifier(): string;
  saveDiscoveryState(state: unknown): void;
  discoveryState(): never;
  invalidateCredentials(what: 'all' | 'client' | 'tokens' | 'verifier' | 'discovery'): void;
  /** The client's own memory, as an application would write it to its disk. */
  readonly stored: { information?: { client_id: string }; tokens?: Record<string, string> };
  /** Where the browser was sent, in order; each was approved. */
  readonly visits: URL[];
  /** The answer that the last visit ended with. */
  answer(): URL;
}

export function createMcpPerson(approvals: Pick<Approvals, 'list' | 'approve'>, name = 'Test agent'): McpPerson {
  const stored: McpPerson['stored'] = {};
  const visits: URL[] = [];
  let back: URL | null = null;
  let verifier = '';
  let discovery: unknown;
  return {
    stored,
    visits,
    redirectUrl: REDIRECT_URI,
    clientMetadata: { client_name: name, redirect_uris: [REDIRECT_URI] },
    // The two versions of the SDK name their types differently; the data is the same.
    clientInformation: () => stored.information as never,
    saveClientInformation(information) {
      stored.information = information as { client_id: string };
    },
    tokens: () => stored.tokens as never,
    saveTokens(tokens) {
      stored.tokens = tokens as Record<string, string>;
    },
    async redirectToAuthorization(url) {
      visits.push(url);
      back = await approve(openBrowser(), url.href, approvals);
    },
    saveCodeVerifier(text) {
      verifier = text;
    },
    codeVerifier: () => verifier,
    saveDiscoveryState(state) {
      discovery = state;
    },
    discoveryState: () => discovery as never,
    invalidateCredentials(what) {
      if (what === 'all' || what === 'tokens') delete stored.tokens;
      if (what === 'all' || what === 'client') delete stored.information;
      if (what === 'all' || what === 'discovery') discovery = undefined;
    },
    answer() {
      if (back === null) throw new Error('The client never sent the browser anywhere.');
      return back;
    },
  };
}
