import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import { REDIRECT_URI, register } from '../support/oauth-client.ts';
import { askWell } from '../support/oauth-fault.ts';

describe('a registration', () => {
  let lab: IssuerLab;
  beforeAll(async () => {
    lab = await openIssuerLab({ config: { registrationsPerHour: 1_000 } });
  });
  afterAll(() => lab.close());

  const send = (body: string, type = 'application/json') =>
    askWell(`${lab.address}/register`, { method: 'POST', headers: { 'content-type': type }, body });
  const nameAfter = async (name: string) => (await register(lab.address, { client_name: name })).body.client_name;

  it.each([
    ['nothing', ''],
    ['no JSON', '{"redirect_uris": ['],
    ['a list', '[]'],
    ['null', 'null'],
    ['a text', '"client"'],
    ['a number', '42'],
    ['a form', 'redirect_uris=http://127.0.0.1/'],
    ['JSON in another encoding', '\ufeff\ufeff{}'],
    ['very deep JSON', `${'['.repeat(30_000)}${']'.repeat(30_000)}`],
  ])('that is %s is invalid_client_metadata', async (_what, body) => {
    expect(await send(body)).toMatchObject({ status: 400, error: 'invalid_client_metadata' });
  });

  it.each(['', 'text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'application/json+x'])(
    'of the type "%s" is invalid_client_metadata',
    async (type) => {
      const body = JSON.stringify({ redirect_uris: [REDIRECT_URI] });
      expect(await send(body, type)).toMatchObject({ status: 400, error: 'invalid_client_metadata' });
    },
  );

  it.each(['application/json; charset=utf-8', 'Application/JSON', 'application/json;charset=UTF-8'])(
    'of the type "%s" is taken',
    async (type) => {
      expect((await send(JSON.stringify({ redirect_uris: [REDIRECT_URI] }), type)).status).toBe(201);
    },
  );

  it.each<[string, Record<string, unknown>, string]>([
    ['redirect addresses that are no list', { redirect_uris: REDIRECT_URI }, 'invalid_redirect_uri'],
    ['an object for an address', { redirect_uris: [{ toString: 'x' }] }, 'invalid_redirect_uri'],
    [
      'an address that is too long',
      { redirect_uris: [`${REDIRECT_URI}/${'x'.repeat(2_048)}`] },
      'invalid_redirect_uri',
    ],
    ['grant types that are no list', { grant_types: 'authorization_code' }, 'invalid_client_metadata'],
    ['grant types that are no texts', { grant_types: [1] }, 'invalid_client_metadata'],
    ['refreshing alone', { grant_types: ['refresh_token'] }, 'invalid_client_metadata'],
    ['response types that are no list', { response_types: 'code' }, 'invalid_client_metadata'],
    ['no response type', { response_types: [] }, 'invalid_client_metadata'],
    ['a name that is a list', { client_name: ['x'] }, 'invalid_client_metadata'],
    ['a symmetric algorithm', { id_token_signed_response_alg: 'HS256' }, 'invalid_client_metadata'],
  ])('with %s is refused', async (_what, metadata, error) => {
    const body = JSON.stringify({ redirect_uris: [REDIRECT_URI], ...metadata });
    expect(await send(body)).toMatchObject({ status: 400, error });
  });

  it('says which of the addresses is wrong, and with what, but not the address', async () => {
    const { body } = await register(lab.address, { redirect_uris: [REDIRECT_URI, 'http://elsewhere.test/callback'] });
    expect(body).toEqual({
      error: 'invalid_redirect_uri',
      error_description: 'redirect_uris[1] is plain http to another place than 127.0.0.1, [::1] or localhost.',
    });
  });

  it('may name twenty addresses, and no more', async () => {
    const addresses = (count: number) => Array.from({ length: count }, (_, n) => `http://127.0.0.1/${n}`);
    expect((await register(lab.address, { redirect_uris: addresses(20) })).status).toBe(201);
    expect(await register(lab.address, { redirect_uris: addresses(21) })).toMatchObject({
      status: 400,
      body: { error: 'invalid_redirect_uri' },
    });
  });

  it('for devices alone needs no address', async () => {
    const device = 'urn:ietf:params:oauth:grant-type:device_code';
    const { status, body } = await register(lab.address, {
      grant_types: [device, 'refresh_token'],
      response_types: undefined,
      redirect_uris: undefined,
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ response_types: [], redirect_uris: [] });
  });

  it.each([
    ['line breaks and other controls', 'Ed\r\nit\tor\0\u001b[31m', 'Editor[31m'],
    ['marks that turn writing round', '\u202eroti\u2066dE\u2069', 'rotidE'],
    ['what takes no room', 'E\u200bd\u200di\ufefft\u{e0041}or', 'Editor'],
    ['half a character', 'Edi\ud83dtor', 'Editor'],
    ['much room', '  Edi   tor  ', 'Edi tor'],
    ['letters of the world', 'Éditeur 編集者 😀', 'Éditeur 編集者 😀'],
  ])('keeps a name with %s as it can be shown', async (_what, name, shown) => {
    expect(await nameAfter(name)).toBe(shown);
  });

  it('keeps a long name in part, with no character cut in two', async () => {
    expect(await nameAfter('😀'.repeat(300))).toBe('😀'.repeat(200));
    expect(await nameAfter(`x${'😀'.repeat(300)}`)).toBe(`x${'😀'.repeat(199)}`);
  });

  it.each(['', '\u202e\u200b', '   '])('takes the name %j for none', async (name) => {
    const { status, body } = await register(lab.address, { client_name: name });
    expect([status, body.client_name]).toEqual([201, undefined]);
    const known = (await lab.issuer.clients.list()).find(({ id }) => id === body.client_id);
    expect(known).toMatchObject({ name: null });
  });

  it('has no way to reach what every object has', async () => {
    const answer = await send(
      `{"__proto__": {"grant_types": []}, "constructor": 1, "toString": "x", "redirect_uris": ["${REDIRECT_URI}"]}`,
    );
    expect(answer.status).toBe(201);
    expect(JSON.parse(answer.text)).toMatchObject({ grant_types: ['authorization_code', 'refresh_token'] });
    expect(JSON.parse(answer.text)).not.toHaveProperty('toString', 'x');
  });

  it('leaves out an address of the client that nobody could open, and keeps the rest', async () => {
    const { status, body } = await register(lab.address, {
      client_uri: 'javascript:alert(1)',
      logo_uri: 'https:logo',
      tos_uri: 42,
      policy_uri: 'https://editor.test/policy',
    });
    expect(status).toBe(201);
    expect(body).toMatchObject({ policy_uri: 'https://editor.test/policy' });
    for (const name of ['client_uri', 'tos_uri']) expect(body).not.toHaveProperty(name);
  });
});

describe('registrations without end', () => {
  let lab: IssuerLab;
  afterEach(() => lab.close());

  it('are too_many_requests after as many as an hour has room for, and say when to come again', async () => {
    lab = await openIssuerLab({ config: { registrationsPerHour: 3 } });
    for (let times = 0; times < 3; times += 1) expect((await register(lab.address)).status).toBe(201);
    const { status, headers, body } = await register(lab.address);
    expect([status, body.error]).toEqual([429, 'too_many_requests']);
    const seconds = Number(headers.get('retry-after'));
    expect(seconds).toBeGreaterThan(3_590);
    expect(seconds).toBeLessThanOrEqual(3_600);
    expect((await lab.issuer.clients.list()).filter(({ kind }) => kind === 'dynamic')).toHaveLength(3);
  });

  it('are not counted when they are wrong', async () => {
    lab = await openIssuerLab({ config: { registrationsPerHour: 1 } });
    for (let times = 0; times < 5; times += 1) {
      expect((await register(lab.address, { redirect_uris: [] })).status).toBe(400);
    }
    expect((await register(lab.address)).status).toBe(201);
    expect((await register(lab.address)).status).toBe(429);
  });

  it('do not keep out the clients that are known', async () => {
    lab = await openIssuerLab({ config: { registrationsPerHour: 1 } });
    const { body } = await register(lab.address);
    expect((await register(lab.address)).status).toBe(429);
    const answer = await fetch(`${lab.address}/authorize?client_id=${body.client_id}`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toContain(REDIRECT_URI);
  });
});
