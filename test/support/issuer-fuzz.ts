/** Random requests to the issuer's endpoints, near enough to good ones that they get far. */
import fc from 'fast-check';
import { INTROSPECTION_TOKEN, type IssuerLab, openIssuerLab } from './issuer-lab.ts';
import { REDIRECT_URI, refresh, register, signIn } from './oauth-client.ts';
import { faultOf, faultOfError } from './oauth-fault.ts';
import { recordPrinted } from './printed.ts';

/** Far more than any of them takes, and far less than a regular expression that runs wild. */
const LONGEST_MS = 3_000;
const FORM = 'application/x-www-form-urlencoded';

interface RandomRequest {
  path: string;
  method: string;
  headers: Record<string, string>;
  body: string | null;
}

/**
 * Sends random requests, and looks that each is answered well: as `faultOf` has it, within bounded time, the browser
 * sent nowhere but where the client registered. At the end a client that had no part in it must still be served.
 *
 * @param seed repeats a run
 * @throws Error with the smallest request that is answered badly
 */
export async function fuzzIssuer({ runs, seed }: { runs: number; seed: number }): Promise<void> {
  const printed = recordPrinted();
  const lab = await openIssuerLab({
    config: { introspectionToken: INTROSPECTION_TOKEN, registrationsPerHour: Number.MAX_SAFE_INTEGER },
  });
  try {
    const bystander = await signIn(lab.address, lab.issuer.approvals);
    const requests = randomRequests(lab, await knownValues(lab));
    await fc.assert(
      fc.asyncProperty(requests, async (request) => {
        const fault = await faultWith(lab, request);
        if (fault !== null) throw new Error(fault);
      }),
      { numRuns: runs, seed, endOnFailure: runs > 1_000 },
    );
    const { status } = await refresh(lab.address, bystander.clientId, bystander.tokens.refresh_token ?? '');
    if (status !== 200) throw new Error(`Afterwards, another client is refused with ${status}.`);
    const complaints = [...printed.lines, ...lab.log.filter((line) => /^(?:warn|error) /.test(line))];
    if (complaints.length > 0) throw new Error(`The issuer complained:\n${complaints.join('\n')}`);
  } finally {
    printed.stop();
    await lab.close();
  }
}

async function faultWith({ address }: IssuerLab, request: RandomRequest): Promise<string | null> {
  const { path, method, headers, body } = request;
  const began = performance.now();
  const response = await fetch(address + path, { method, headers, body, redirect: 'manual' });
  const text = await response.text();
  const took = performance.now() - began;
  if (took > LONGEST_MS) return `it took ${Math.round(took)} ms`;
  const location = response.headers.get('location');
  return faultOf({ status: response.status, headers: response.headers, text }) ?? faultOfRedirect(location);
}

function faultOfRedirect(location: string | null): string | null {
  if (location === null || location.startsWith('/approve/')) return null;
  if (!location.startsWith(`${REDIRECT_URI}?`) && !location.startsWith(`${REDIRECT_URI}#`)) {
    return `it sends the browser to ${location}`;
  }
  const { search, hash } = new URL(location);
  const { state: _sentBack, ...answer } = Object.fromEntries(new URLSearchParams(search || hash.slice(1)));
  return faultOfError(answer);
}

/** Values that are right somewhere, so that a request gets past the first check. */
async function knownValues({ address, issuer }: IssuerLab): Promise<string[]> {
  const { clientId, tokens } = await signIn(address, issuer.approvals);
  const device = await fetch(`${address}/device/code`, {
    method: 'POST',
    body: new URLSearchParams({ client_id: 'trackeep-cli', scope: 'openid' }),
  });
  const { device_code: deviceCode, user_code: userCode } = await device.json();
  const other = (await register(address)).body.client_id;
  return [
    clientId,
    other,
    tokens.access_token,
    tokens.refresh_token ?? '',
    tokens.id_token ?? '',
    deviceCode,
    userCode,
  ];
}

function randomRequests({ address }: IssuerLab, known: readonly string[]): fc.Arbitrary<RandomRequest> {
  const [clientId = ''] = known;
  const value = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...known, 'trackeep-cli', REDIRECT_URI, `${address}/mcp`, address) },
    {
      weight: 3,
      arbitrary: fc.constantFrom(
        ...['authorization_code', 'refresh_token', 'urn:ietf:params:oauth:grant-type:device_code', 'password'],
        ...['code', 'token', 'code id_token', 'none', 'S256', 'plain', 'query', 'fragment', 'form_post', 'jwt'],
        ...['openid', 'openid updates:read', 'offline_access', 'consent', 'login none', 'v'.repeat(43), '0', '-1'],
        ...['http://127.0.0.1:1/callback', 'http://evil.test/', 'javascript:alert(1)', 'https://127.0.0.1/client'],
        ...['', ' ', '\0', '\r\nX: 1', '%00', '%', '..', 'a.b.c', '{}', '[]', 'null', '__proto__', 'constructor'],
      ),
    },
    fc.string({ unit: 'binary', maxLength: 200 }),
    fc.webUrl({ withQueryParameters: true, withFragments: true }),
    fc.json({ maxDepth: 2 }),
    fc.nat(5_000).map((length) => 'a'.repeat(length)),
  );
  const name = fc.oneof(
    {
      weight: 9,
      arbitrary: fc.constantFrom(
        ...['client_id', 'client_secret', 'grant_type', 'code', 'code_verifier', 'redirect_uri', 'refresh_token'],
        ...['device_code', 'scope', 'resource', 'token', 'token_type_hint', 'response_type', 'response_mode', 'state'],
        ...['code_challenge', 'code_challenge_method', 'prompt', 'nonce', 'max_age', 'id_token_hint', 'login_hint'],
        ...['request', 'request_uri', 'claims', 'acr_values', 'user_code', 'xsrf', 'confirm', 'abort', 'dpop_jkt'],
        ...['client_assertion', 'client_assertion_type', 'authorization_details', 'registration', 'display'],
      ),
    },
    fc.string({ maxLength: 20 }),
    fc.constantFrom('__proto__', 'constructor', 'toString', 'hasOwnProperty', 'resource[]', 'a[b]=c'),
  );
  /** What is needed for a request to be a good one, most of which is left in most of the time. */
  const base = (parameters: Record<string, string>) =>
    fc.subarray(Object.entries(parameters), { minLength: Math.max(0, Object.keys(parameters).length - 2) });
  const formOf = (parameters: Record<string, string>) =>
    fc
      .tuple(base(parameters), fc.array(fc.tuple(name, value), { maxLength: 5 }))
      .map((parts) => new URLSearchParams(parts.flat()).toString());
  const form = (parameters: Record<string, string>) =>
    fc.oneof(
      { weight: 8, arbitrary: formOf(parameters) },
      // Without the escapes, and whatever else is no form.
      fc.string({ unit: 'binary', maxLength: 300 }),
    );

  const type = fc.oneof(
    { weight: 8, arbitrary: fc.constant(FORM) },
    fc.constantFrom(`${FORM}; charset=utf-16`, 'application/json', 'text/plain', 'multipart/form-data', 'a', ''),
  );
  const authorization = fc.oneof(
    { weight: 24, arbitrary: fc.constant(null) },
    fc.constantFrom('Basic', 'Basic !', `Basic ${btoa(`${clientId}:`)}`, `Basic ${btoa('%zz:%')}`, 'Bearer', 'DPoP x'),
    fc.constant(`Bearer ${INTROSPECTION_TOKEN}`),
    fc.constantFrom(...known.map((token) => `Bearer ${token}`)),
    fc.base64String({ maxLength: 200 }).map((text) => `Basic ${text}`),
  );
  const headers = fc
    .tuple(type, authorization, fc.constantFrom('*/*', 'text/html', 'application/json', 'a'))
    .map(([contentType, credentials, accept]) => ({
      ...{ 'content-type': contentType, accept },
      ...(credentials === null ? {} : { authorization: credentials }),
    }));
  const posted = (path: string, parameters: Record<string, string>) =>
    fc.record({ path: fc.constant(path), method: fc.constant('POST'), headers, body: form(parameters) });

  const registration = fc
    .oneof(
      fc.dictionary(
        fc.constantFrom(
          ...['redirect_uris', 'grant_types', 'response_types', 'client_name', 'client_uri', 'logo_uri', 'scope'],
          ...['token_endpoint_auth_method', 'application_type', 'id_token_signed_response_alg', 'jwks', 'contacts'],
          ...['software_statement', 'client_id', 'client_secret', 'default_max_age', 'subject_type', '__proto__'],
        ),
        fc.oneof(
          fc.jsonValue({ maxDepth: 2 }),
          fc.array(fc.oneof(fc.webUrl(), fc.constantFrom(REDIRECT_URI, 'code', 'authorization_code', 'refresh_token'))),
        ),
      ),
      fc.jsonValue(),
    )
    .map((metadata) => JSON.stringify(metadata));

  return fc.oneof(
    ...[
      { grant_type: 'authorization_code', client_id: clientId, code: 'x', code_verifier: 'v'.repeat(43) },
      { grant_type: 'refresh_token', client_id: clientId, refresh_token: known[3] ?? '' },
      { grant_type: 'urn:ietf:params:oauth:grant-type:device_code', client_id: 'trackeep-cli', device_code: 'x' },
    ].map((parameters) => posted('/token', parameters)),
    posted('/revoke', { client_id: clientId, token: 'x' }),
    posted('/introspect', { token: known[2] ?? '' }),
    posted('/device/code', { client_id: 'trackeep-cli', scope: 'openid' }),
    posted('/device', { user_code: known[6] ?? '', confirm: 'yes' }),
    posted('/userinfo', {}),
    fc.record({
      path: fc.constant('/register'),
      method: fc.constant('POST'),
      headers: fc.oneof(
        { weight: 5, arbitrary: fc.constant({ 'content-type': 'application/json' }) },
        headers,
      ) as fc.Arbitrary<Record<string, string>>,
      body: fc.oneof({ weight: 5, arbitrary: registration }, fc.string({ unit: 'binary', maxLength: 300 })),
    }),
    fc.record({
      path: formOf({
        response_type: 'code',
        client_id: clientId,
        redirect_uri: REDIRECT_URI,
        scope: 'openid updates:read',
        state: 'state',
        code_challenge: 'v'.repeat(43),
        code_challenge_method: 'S256',
      }).map((query) => `/authorize?${query}`),
      method: fc.constant('GET'),
      headers: fc.constantFrom({ accept: 'text/html' }, { accept: 'application/json' }),
      body: fc.constant(null),
    }),
  );
}
