import * as oauth from 'openid-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INTROSPECTION_TOKEN, type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import { approve, numberOn, openBrowser, openDevicePage, REDIRECT_URI } from '../support/oauth-client.ts';

/** Loopback has no TLS (RFC 8252 §8.3); nothing else of the library's strictness is taken back. */
const STRICT = { execute: [oauth.allowInsecureRequests, oauth.enableNonRepudiationChecks] };
const SCOPE = 'openid updates:read github:read';

let lab: IssuerLab;
beforeAll(async () => {
  lab = await openIssuerLab({ config: { introspectionToken: INTROSPECTION_TOKEN, registrationsPerHour: 1_000 } });
});
afterAll(() => lab.close());

const registered = (metadata: Partial<oauth.ClientMetadata> = {}) =>
  oauth.dynamicClientRegistration(
    new URL(lab.address),
    { client_name: 'openid-client', redirect_uris: [REDIRECT_URI], token_endpoint_auth_method: 'none', ...metadata },
    undefined,
    STRICT,
  );

/** An error of the library, as the specifications name it. */
const refusal = (error: string) => expect.objectContaining({ error });

describe('openid-client in its strict mode', () => {
  /** The code flow with everything that the library can check. */
  async function signedIn(client: oauth.Configuration, scope = SCOPE) {
    const checks = {
      pkceCodeVerifier: oauth.randomPKCECodeVerifier(),
      expectedState: oauth.randomState(),
      expectedNonce: oauth.randomNonce(),
      idTokenExpected: true,
    };
    const address = oauth.buildAuthorizationUrl(client, {
      redirect_uri: REDIRECT_URI,
      scope,
      state: checks.expectedState,
      nonce: checks.expectedNonce,
      code_challenge: await oauth.calculatePKCECodeChallenge(checks.pkceCodeVerifier),
      code_challenge_method: 'S256',
    });
    const back = await approve(openBrowser(), address.href, lab.issuer.approvals);
    return { back, checks, redeem: () => oauth.authorizationCodeGrant(client, back, checks) };
  }

  it.each([
    ['OpenID Connect Discovery', 'oidc'],
    ['RFC 8414', 'oauth2'],
  ] as const)('discovers the issuer by %s', async (_name, algorithm) => {
    const client = await oauth.discovery(new URL(lab.address), 'trackeep-cli', undefined, oauth.None(), {
      ...STRICT,
      algorithm,
    });
    expect(client.serverMetadata()).toMatchObject({ issuer: lab.address });
    expect(client.serverMetadata().supportsPKCE()).toBe(true);
  });

  it('takes the issuer for no other name of this machine (RFC 8414 §3.3)', async () => {
    const elsewhere = new URL(lab.address.replace('127.0.0.1', 'localhost'));
    await expect(oauth.discovery(elsewhere, 'trackeep-cli', undefined, oauth.None(), STRICT)).rejects.toMatchObject({
      cause: { attribute: 'issuer' },
    });
  });

  it.each(['ES256', 'RS256'])('goes from nothing to a checked ID token, signed by %s', async (algorithm) => {
    const client = await registered({ id_token_signed_response_alg: algorithm });
    const { redeem, checks } = await signedIn(client);
    const tokens = await redeem();
    expect(tokens.claims()).toMatchObject({
      iss: lab.address,
      aud: client.clientMetadata().client_id,
      nonce: checks.expectedNonce,
      sub: expect.any(String),
    });
    expect(tokens.expiresIn()).toBeGreaterThan(0);
  });

  it('reads the same person from userinfo as from the ID token', async () => {
    const client = await registered();
    const tokens = await (await signedIn(client)).redeem();
    const subject = tokens.claims()?.sub ?? '';
    await expect(oauth.fetchUserInfo(client, tokens.access_token, subject)).resolves.toEqual({ sub: subject });
    await expect(oauth.fetchUserInfo(client, tokens.access_token, 'somebody else')).rejects.toMatchObject({
      code: 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED',
    });
  });

  it('refreshes, time after time, with ID tokens of the same person', async () => {
    const client = await registered();
    const first = await (await signedIn(client)).redeem();
    let held = first.refresh_token ?? '';
    for (let times = 0; times < 3; times += 1) {
      const next = await oauth.refreshTokenGrant(client, held);
      expect(next.claims()?.sub).toBe(first.claims()?.sub);
      expect(next.refresh_token).not.toBe(held);
      held = next.refresh_token ?? '';
    }
  });

  it('narrows the scopes of a token by a refresh, and widens them by none', async () => {
    const client = await registered();
    const { refresh_token: held = '' } = await (await signedIn(client)).redeem();
    const narrow = await oauth.refreshTokenGrant(client, held, { scope: 'openid updates:read' });
    expect(narrow.scope).toBe('openid updates:read');
    await expect(
      oauth.refreshTokenGrant(client, narrow.refresh_token ?? '', { scope: 'openid token:github' }),
    ).rejects.toEqual(refusal('invalid_scope'));
  });

  it('gets tokens for the resource that the person agreed to, and for no other (RFC 8707)', async () => {
    const client = await registered();
    const { refresh_token: held = '' } = await (await signedIn(client)).redeem();
    await expect(oauth.refreshTokenGrant(client, held, { resource: lab.address })).rejects.toEqual(
      refusal('invalid_target'),
    );
    const same = await oauth.refreshTokenGrant(client, held, { resource: `${lab.address}/mcp` });
    expect(same.access_token).toEqual(expect.any(String));
  });

  it.each(['access_token', 'refresh_token'] as const)('revokes with the %s all that it holds', async (kind) => {
    const client = await registered();
    const tokens = await (await signedIn(client)).redeem();
    await oauth.tokenRevocation(client, tokens[kind] ?? '', { token_type_hint: kind });
    await expect(oauth.refreshTokenGrant(client, tokens.refresh_token ?? '')).rejects.toEqual(refusal('invalid_grant'));
    await expect(oauth.fetchUserInfo(client, tokens.access_token, tokens.claims()?.sub ?? '')).rejects.toMatchObject({
      status: 401,
    });
  });

  it('introspects in the place of a resource server', async () => {
    const client = await registered();
    const tokens = await (await signedIn(client)).redeem();
    const byToken: oauth.ClientAuth = (_server, _client, _body, headers) => {
      headers.set('authorization', `Bearer ${INTROSPECTION_TOKEN}`);
    };
    const server = await oauth.discovery(new URL(lab.address), 'resource-server', undefined, byToken, STRICT);
    await expect(oauth.tokenIntrospection(server, tokens.access_token)).resolves.toMatchObject({
      active: true,
      client_id: client.clientMetadata().client_id,
      scope: SCOPE,
    });
    await oauth.tokenRevocation(client, tokens.access_token);
    await expect(oauth.tokenIntrospection(server, tokens.access_token)).resolves.toEqual({ active: false });
  });

  it('may redeem a code once', async () => {
    const client = await registered();
    const { redeem } = await signedIn(client);
    const { refresh_token: held = '' } = await redeem();
    await expect(redeem()).rejects.toEqual(refusal('invalid_grant'));
    // What the code gave ends with its replay (RFC 6749 §4.1.2).
    await expect(oauth.refreshTokenGrant(client, held)).rejects.toEqual(refusal('invalid_grant'));
  });

  it('tells an answer of another issuer from ours (RFC 9207)', async () => {
    const client = await registered();
    const { back, checks } = await signedIn(client);
    for (const other of ['http://127.0.0.1:1', null]) {
      const mixed = new URL(back);
      if (other === null) mixed.searchParams.delete('iss');
      else mixed.searchParams.set('iss', other);
      await expect(oauth.authorizationCodeGrant(client, mixed, checks)).rejects.toMatchObject({
        code: 'OAUTH_INVALID_RESPONSE',
      });
    }
  });
});

describe('openid-client on a device', () => {
  const begin = async () => {
    const client = await oauth.discovery(new URL(lab.address), 'trackeep-cli', undefined, oauth.None(), STRICT);
    const device = await oauth.initiateDeviceAuthorization(client, { scope: SCOPE });
    const grant = 'urn:ietf:params:oauth:grant-type:device_code';
    return {
      client,
      device,
      /** Asks once. */
      ask: () => oauth.genericGrantRequest(client, grant, { device_code: device.device_code }),
      /** Asks again and again, as the library does, without its five seconds in between. */
      poll: () => oauth.pollDeviceAuthorizationGrant(client, { ...device, interval: 0.02 }),
      page: await openDevicePage(openBrowser(), lab.address),
    };
  };
  const waiting = async () => {
    const [approval] = await lab.issuer.approvals.list();
    if (approval === undefined) throw new Error('No approval waits.');
    return approval;
  };

  it('waits for the person, and then gets tokens', async () => {
    const browser = openBrowser();
    const { client, device, ask, poll } = await begin();
    await expect(ask()).rejects.toEqual(refusal('authorization_pending'));
    const tokens = poll();

    const page = await openDevicePage(browser, lab.address);
    const confirm = await page.submit({ user_code: device.user_code });
    expect(confirm.text).toContain(device.user_code);
    const approval = await page.submit({ user_code: device.user_code, confirm: 'yes' });
    const asked = await waiting();
    expect(asked).toMatchObject({ way: 'device', client: { id: 'trackeep-cli' }, redirectHost: null });
    // The code is typed, and still nobody has allowed anything.
    await expect(ask()).rejects.toEqual(refusal('authorization_pending'));
    await lab.issuer.approvals.approve({ id: asked.id, number: numberOn(approval.text), rememberMs: null });
    const done = await browser.follow(`${approval.url}/continue`);
    expect(await done.response.text()).toContain('The device is connected');

    const given = await tokens;
    expect(given.scope).toBe(SCOPE);
    const subject = given.claims()?.sub ?? '';
    await expect(oauth.fetchUserInfo(client, given.access_token, subject)).resolves.toEqual({ sub: subject });
    await expect(oauth.refreshTokenGrant(client, given.refresh_token ?? '')).resolves.toMatchObject({ scope: SCOPE });
    await expect(ask()).rejects.toEqual(refusal('invalid_grant'));
  });

  it('is told that the person said no', async () => {
    const browser = openBrowser();
    const { device, poll } = await begin();
    const page = await openDevicePage(browser, lab.address);
    await page.submit({ user_code: device.user_code });
    const approval = await page.submit({ user_code: device.user_code, confirm: 'yes' });
    const refused = expect(poll()).rejects.toEqual(refusal('access_denied'));
    await lab.issuer.approvals.deny((await waiting()).id);
    const done = await browser.follow(`${approval.url}/continue`);
    expect(await done.response.text()).toContain('Access was denied');
    await refused;
  });

  it('is told that the person does not know its code', async () => {
    const { device, page, poll } = await begin();
    await page.submit({ user_code: device.user_code });
    const stopped = await page.submit({ user_code: device.user_code, abort: 'yes' });
    expect(stopped.text).toContain('The device gets no access');
    await expect(poll()).rejects.toEqual(refusal('access_denied'));
    expect(await lab.issuer.approvals.list()).toEqual([]);
  });

  it.each([
    ['of another device', 'BBBB-BBBB', 'Look at the device again'],
    ['that is none', '<script>alert(1)</script>', 'Look at the device again'],
    ['that is empty', '', 'Type the code that your program or device shows'],
  ])('is not helped by a code %s', async (_what, code, hint) => {
    const { page, ask } = await begin();
    const again = await page.submit({ user_code: code, confirm: 'yes' });
    expect(again.text).toContain(hint);
    expect(again.text).not.toContain('<script>alert');
    expect(await lab.issuer.approvals.list()).toEqual([]);
    await expect(ask()).rejects.toEqual(refusal('authorization_pending'));
  });

  it('has its code typed once', async () => {
    const { device, page } = await begin();
    await page.submit({ user_code: device.user_code });
    await page.submit({ user_code: device.user_code, confirm: 'yes' });
    const second = await openDevicePage(openBrowser(), lab.address);
    const answer = await second.submit({ user_code: device.user_code });
    expect(answer.text).toContain('Look at the device again');
    await lab.issuer.approvals.deny((await waiting()).id);
  });

  it('has its code typed only on our page: a form of another site has not its secret', async () => {
    const { device, ask } = await begin();
    const stranger = await openDevicePage(openBrowser(), lab.address);
    const answer = await stranger.submit({ xsrf: 'guessed', user_code: device.user_code, confirm: 'yes' });
    expect(answer.status).toBe(400);
    expect(await lab.issuer.approvals.list()).toEqual([]);
    await expect(ask()).rejects.toEqual(refusal('authorization_pending'));
  });
});
