import { checkRedirectUri } from './redirect-uris.ts';

/** RFC 8693 §2.1. */
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

/** Grant types a client may have: those of the protocol that make sense on one machine. */
export const GRANT_TYPES = [
  'authorization_code',
  'refresh_token',
  'urn:ietf:params:oauth:grant-type:device_code',
  TOKEN_EXCHANGE,
] as const;

const MOST_REDIRECT_URIS = 20;
const LONGEST_NAME = 200;

/** A registration as the library takes it, or the error of RFC 7591 §3.2.2 to refuse it with. */
export type Registration =
  | { metadata: Record<string, unknown> }
  | { error: 'invalid_redirect_uri' | 'invalid_client_metadata'; description: string };

/**
 * Turns what editors and agents send into what they get. RFC 7591 §2 lets the server replace what it was asked for, and
 * says so in its answer: every client becomes a public, native one, whatever it wanted to be, since nothing on this
 * machine could keep a secret from the other programs of the same user. Fields we do not know are left out, as §2 asks.
 *
 * @param body the parsed request
 */
export function readRegistration(body: unknown): Registration {
  if (typeof body !== 'object' || body === null || Array.isArray(body)) {
    return { error: 'invalid_client_metadata', description: 'The registration is not a JSON object.' };
  }
  const asked = body as Record<string, unknown>;

  const grantTypes = listOf(asked.grant_types, ['authorization_code', 'refresh_token']);
  if (grantTypes === null) return invalid('grant_types must be a list of texts');
  const granted: string[] = GRANT_TYPES.filter((type) => grantTypes.includes(type));
  const responseTypes = listOf(asked.response_types, ['code']);
  if (responseTypes === null) return invalid('response_types must be a list of texts');

  const redirectUris = asked.redirect_uris ?? [];
  if (!Array.isArray(redirectUris)) {
    return { error: 'invalid_redirect_uri', description: 'redirect_uris must be a list.' };
  }
  if (redirectUris.length > MOST_REDIRECT_URIS) {
    return { error: 'invalid_redirect_uri', description: `redirect_uris holds more than ${MOST_REDIRECT_URIS}.` };
  }
  for (const [index, uri] of redirectUris.entries()) {
    const problem = checkRedirectUri(uri);
    if (problem !== null) return { error: 'invalid_redirect_uri', description: `redirect_uris[${index}] ${problem}.` };
  }

  const byCode = granted.includes('authorization_code');
  if (!byCode && !granted.includes('urn:ietf:params:oauth:grant-type:device_code')) {
    return invalid(`grant_types must hold authorization_code or ${GRANT_TYPES[2]}`);
  }
  if (byCode && !responseTypes.includes('code')) return invalid('response_types must hold code');
  if (byCode && redirectUris.length === 0) {
    return { error: 'invalid_redirect_uri', description: 'redirect_uris must hold at least one address.' };
  }

  if (asked.client_name !== undefined && typeof asked.client_name !== 'string') {
    return invalid('client_name must be a text');
  }
  const name = readableName(asked.client_name ?? '');
  const algorithm = asked.id_token_signed_response_alg ?? 'ES256';
  if (algorithm !== 'ES256' && algorithm !== 'RS256') {
    return invalid('id_token_signed_response_alg must be ES256 or RS256');
  }

  return {
    metadata: {
      ...(name === '' ? {} : { client_name: name }),
      ...address('client_uri', asked.client_uri),
      ...address('logo_uri', asked.logo_uri),
      ...address('policy_uri', asked.policy_uri),
      ...address('tos_uri', asked.tos_uri),
      redirect_uris: byCode ? redirectUris : [],
      response_types: byCode ? ['code'] : [],
      grant_types: granted,
      token_endpoint_auth_method: 'none',
      application_type: 'native',
      id_token_signed_response_alg: algorithm,
    },
  };
}

/**
 * A name as people can be shown it: without control and formatting characters, which could turn the text around or hide
 * a part of it, and not too long for a line.
 */
export function readableName(name: string): string {
  const readable = name
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .replace(/\s+/g, ' ')
    .trim();
  // By characters: half of one is none.
  return [...readable].slice(0, LONGEST_NAME).join('').trimEnd();
}

function invalid(description: string): Registration {
  return { error: 'invalid_client_metadata', description: `${description}.` };
}

function listOf(value: unknown, usual: string[]): string[] | null {
  if (value === undefined) return usual;
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : null;
}

/** A page of the client's, if it is one that could be shown; it is only information, so another is left out. */
function address(name: string, value: unknown): Record<string, string> {
  if (typeof value !== 'string') return {};
  const url = URL.parse(value);
  return url !== null && ['https:', 'http:'].includes(url.protocol) ? { [name]: value } : {};
}
