import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { readStaticClients } from '../../src/main/issuer/configured-clients.ts';
import { type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import {
  approve,
  authorizationRequest,
  openApprovalPage,
  openBrowser,
  post,
  REDIRECT_URI,
  refresh,
  register,
  signIn,
} from '../support/oauth-client.ts';
import { outcomeOf } from '../support/outcome.ts';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CONFIGURED = {
  client_id: 'build-server',
  client_secret: '0123456789abcdefghijklmnopqrstuvwxyz',
  client_name: 'Build server',
  redirect_uris: [REDIRECT_URI],
};

let folder: string;
let clientsFile: string;
let lab: IssuerLab;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tt-clients-'));
  clientsFile = join(folder, 'clients.json');
  await writeFile(clientsFile, JSON.stringify([CONFIGURED]), { mode: 0o600 });
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(async () => {
  lab = await openIssuerLab({ config: { clientsFile } });
});
afterEach(() => lab.close());

const signedIn = (options: Parameters<typeof signIn>[2] = {}) => signIn(lab.address, lab.issuer.approvals, options);
const isGood = async (token: string) => (await lab.issuer.checkAccessToken(token, null)) !== null;
const view = async (id: string) => (await lab.issuer.clients.list()).find((client) => client.id === id);
/** The number of rows of a table of the issuer's. */
const rows = async (table: 'issuer_records' | 'issuer_grants' | 'issuer_clients' | 'issuer_remembered') =>
  (await lab.db.selectFrom(table).selectAll().execute()).length;

/** Moves the clock, without a word to anybody. */
function pass(ms: number) {
  if (!vi.isFakeTimers()) {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
  }
  vi.setSystemTime(Date.now() + ms);
}

describe('the list of clients', () => {
  it('names the built-in one and the configured ones beside those that registered', async () => {
    const { body } = await register(lab.address, { client_name: 'Editor' });
    const listed = (await lab.issuer.clients.list()).map(({ id, kind, name }) => [id, kind, name]);
    expect(listed).toEqual(
      expect.arrayContaining([
        [body.client_id, 'dynamic', 'Editor'],
        ['trackeep-cli', 'built_in', 'trackeep command'],
        ['build-server', 'configured', 'Build server'],
      ]),
    );
  });

  it('tells of a grant what the person agreed to, and until when', async () => {
    const { clientId } = await signedIn({ scope: 'openid updates:read', rememberMs: HOUR_MS });
    const [grant, ...others] = (await view(clientId))?.grants ?? [];
    expect(others).toEqual([]);
    expect(grant).toMatchObject({
      resource: `${lab.address}/mcp`,
      scopes: ['openid', 'updates:read'],
      redirectHost: '127.0.0.1',
    });
    expect(Date.parse(grant?.rememberedUntil ?? '') - Date.parse(grant?.approvedAt ?? '')).toBeLessThanOrEqual(HOUR_MS);
    expect(Date.parse(grant?.expiresAt ?? '')).toBeGreaterThan(Date.now() + 29 * DAY_MS);
  });

  it('shows the one first that was used last', async () => {
    const early = await signedIn();
    pass(HOUR_MS);
    const late = await signedIn();
    const order = async () => (await lab.issuer.clients.list()).map(({ id }) => id).slice(0, 2);
    expect(await order()).toEqual([late.clientId, early.clientId]);
    pass(HOUR_MS);
    await refresh(lab.address, early.clientId, early.tokens.refresh_token ?? '');
    expect(await order()).toEqual([early.clientId, late.clientId]);
  });

  it('tells the last use, be it a refresh or a request with the token', async () => {
    const { clientId, tokens } = await signedIn();
    const used = async () => Date.parse((await view(clientId))?.lastUsedAt ?? '');
    pass(HOUR_MS);
    await refresh(lab.address, clientId, tokens.refresh_token ?? '');
    expect(await used()).toBe(Date.now());
    pass(HOUR_MS);
    expect(await isGood(tokens.access_token)).toBe(true);
    await expect.poll(used).toBe(Date.now());
    expect(Date.parse((await view(clientId))?.grants[0]?.lastUsedAt ?? '')).toBe(Date.now());
  });

  it.runIf(process.platform === 'linux')(
    'tells which program was seen to ask, which the client cannot choose',
    async () => {
      const { clientId } = await signedIn();
      await expect
        .poll(async () => (await view(clientId))?.process)
        .toMatchObject({ pid: process.pid, path: process.execPath, observedAt: expect.any(String) });
    },
  );

  it('is the same after a restart', async () => {
    await signedIn();
    const before = await lab.issuer.clients.list();
    lab = await lab.restart();
    const without = (clients: typeof before) => clients.map(({ process: _seen, ...client }) => client);
    expect(without(await lab.issuer.clients.list())).toEqual(without(before));
  });
});

describe('access that the person takes back', () => {
  it('of one grant leaves the others', async () => {
    const { clientId, tokens } = await signedIn();
    const { tokens: kept } = await signedIn({ clientId });
    const grantOf = async (token: string) => (await lab.issuer.checkAccessToken(token, null))?.grantId ?? '';
    const left = await lab.issuer.clients.revoke(clientId, await grantOf(tokens.access_token));
    expect(left.grants.map(({ id }) => id)).toEqual([await grantOf(kept.access_token)]);
    expect(await isGood(tokens.access_token)).toBe(false);
    expect((await refresh(lab.address, clientId, tokens.refresh_token ?? '')).body.error).toBe('invalid_grant');
    expect((await refresh(lab.address, clientId, kept.refresh_token ?? '')).status).toBe(200);
  });

  it('of a client ends all of its grants, and leaves other clients alone', async () => {
    const gone = await signedIn();
    const kept = await signedIn();
    await signedIn({ clientId: gone.clientId });
    expect((await lab.issuer.clients.revoke(gone.clientId)).grants).toEqual([]);
    expect(await isGood(gone.tokens.access_token)).toBe(false);
    expect(await isGood(kept.tokens.access_token)).toBe(true);
    // It need not register again to ask again.
    await signedIn({ clientId: gone.clientId });
  });

  it('of everybody ends everything, and says how much that was', async () => {
    const all = [await signedIn(), await signedIn(), await signedIn()];
    expect(await lab.issuer.clients.revokeAll()).toBe(3);
    expect(await lab.issuer.clients.revokeAll()).toBe(0);
    for (const { clientId, tokens } of all) {
      expect(await isGood(tokens.access_token)).toBe(false);
      expect((await refresh(lab.address, clientId, tokens.refresh_token ?? '')).body.error).toBe('invalid_grant');
    }
    expect(await rows('issuer_grants')).toBe(0);
  });

  it('is not given again by a word that was remembered', async () => {
    const { clientId } = await signedIn({ rememberMs: HOUR_MS });
    const { url } = authorizationRequest(lab.address, { clientId });
    expect((await openBrowser().follow(url)).away?.searchParams.has('code')).toBe(true);
    await lab.issuer.clients.revoke(clientId);
    expect((await openBrowser().follow(url)).away).toBeNull();
  });

  it('ends a code that is still on its way', async () => {
    const { body } = await register(lab.address);
    const { url, verifier } = authorizationRequest(lab.address, { clientId: body.client_id });
    const back = await approve(openBrowser(), url, lab.issuer.approvals);
    await lab.issuer.clients.revoke(body.client_id);
    const answer = await post(`${lab.address}/token`, {
      grant_type: 'authorization_code',
      client_id: body.client_id,
      code: back.searchParams.get('code') ?? '',
      code_verifier: verifier,
      redirect_uri: REDIRECT_URI,
    });
    expect(answer).toMatchObject({ status: 400, body: { error: 'invalid_grant' } });
  });

  it('of nobody is an error', async () => {
    const { clientId } = await signedIn();
    const { revoke, remove } = lab.issuer.clients;
    for (const act of [() => revoke('nobody'), () => revoke(clientId, 'no-grant'), () => remove('nobody')]) {
      expect(await outcomeOf(act)).toMatchObject({ code: 'not_found' });
    }
  });
});

describe('a client that the person removes', () => {
  it('is unknown from then on, with all that it had', async () => {
    const { clientId, tokens } = await signedIn();
    await lab.issuer.clients.remove(clientId);
    expect(await view(clientId)).toBeUndefined();
    expect(await isGood(tokens.access_token)).toBe(false);
    expect(await refresh(lab.address, clientId, tokens.refresh_token ?? '')).toMatchObject({
      status: 401,
      body: { error: 'invalid_client' },
    });
  });

  it('waits for no answer any more', async () => {
    const { body } = await register(lab.address);
    await openApprovalPage(openBrowser(), authorizationRequest(lab.address, { clientId: body.client_id }).url);
    expect(await lab.issuer.approvals.list()).toHaveLength(1);
    await lab.issuer.clients.remove(body.client_id);
    expect(await lab.issuer.approvals.list()).toEqual([]);
  });

  it('is none of those that belong to the set-up', async () => {
    for (const id of ['trackeep-cli', 'build-server']) {
      expect(await outcomeOf(() => lab.issuer.clients.remove(id))).toMatchObject({ code: 'not_permitted' });
      expect(await view(id)).toBeDefined();
    }
  });
});

describe('a client of the configuration', () => {
  const secret = { authorization: `Basic ${btoa(`build-server:${CONFIGURED.client_secret}`)}` };
  const codeGrant = async () => {
    const { url, verifier } = authorizationRequest(lab.address, { clientId: 'build-server' });
    const back = await approve(openBrowser(), url, lab.issuer.approvals);
    const code = back.searchParams.get('code') ?? '';
    return { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: REDIRECT_URI };
  };

  it('gets tokens for its secret, but no refresh token', async () => {
    const { status, body } = await post(`${lab.address}/token`, await codeGrant(), secret);
    expect([status, Object.keys(body)]).toEqual([200, expect.not.arrayContaining(['refresh_token'])]);
    expect(await isGood(String(body.access_token))).toBe(true);
    expect((await view('build-server'))?.grants).toHaveLength(1);
  });

  it.each([
    ['no secret', {}, { client_id: 'build-server' }],
    ['another secret', { authorization: `Basic ${btoa('build-server:wrong')}` }, {}],
    ['the secret and another one', secret, { client_secret: 'wrong' }],
  ])('gets nothing for %s', async (_what, headers, extra) => {
    const { status, body } = await post(`${lab.address}/token`, { ...(await codeGrant()), ...extra }, headers);
    expect([400, 401]).toContain(status);
    expect(body).not.toHaveProperty('access_token');
  });

  it.runIf(process.platform !== 'win32').each([0o640, 0o604, 0o660])(
    'is not taken from a file with the mode %o',
    async (mode) => {
      const file = join(folder, `open-${mode}.json`);
      await writeFile(file, JSON.stringify([CONFIGURED]));
      await chmod(file, mode);
      expect(await outcomeOf(() => readStaticClients(file))).toMatchObject({
        code: 'config_invalid',
        message: expect.stringContaining(file),
        remedy: expect.stringContaining('chmod 600'),
      });
    },
  );

  it.each([
    ['no list', CONFIGURED],
    ['a short secret', [{ ...CONFIGURED, client_secret: 'of-31-characters-and-no-more...' }]],
    ['no secret', [{ ...CONFIGURED, client_secret: undefined }]],
    ['no name', [{ ...CONFIGURED, client_name: '' }]],
    ['the id of the built-in one', [{ ...CONFIGURED, client_id: 'trackeep-cli' }]],
    ['an id with a space', [{ ...CONFIGURED, client_id: 'build server' }]],
    ['an id that comes twice', [CONFIGURED, CONFIGURED]],
    ['a redirect address of another machine', [{ ...CONFIGURED, redirect_uris: ['http://a.test/'] }]],
    ['a grant type of its choice', [{ ...CONFIGURED, grant_types: ['client_credentials'] }]],
  ])('is not taken from a file with %s, whose secrets are not told', async (what, content) => {
    const file = join(folder, `${what.replaceAll(' ', '-')}.json`);
    await writeFile(file, JSON.stringify(content), { mode: 0o600 });
    const outcome = await outcomeOf(() => readStaticClients(file));
    expect(outcome).toMatchObject({ code: 'config_invalid', message: expect.stringContaining('OAUTH_CLIENTS_FILE') });
    for (const { client_secret: known } of [content].flat()) {
      if (known !== undefined) expect(JSON.stringify(outcome)).not.toContain(known);
    }
  });

  it('is not taken from a file that is no JSON, or is not there', async () => {
    const file = join(folder, 'broken.json');
    await writeFile(file, `[{"client_secret": "${CONFIGURED.client_secret}" oops`, { mode: 0o600 });
    const broken = await outcomeOf(() => readStaticClients(file));
    expect(broken).toMatchObject({ code: 'config_invalid' });
    expect(JSON.stringify(broken)).not.toContain(CONFIGURED.client_secret);
    expect(await outcomeOf(() => readStaticClients(join(folder, 'missing.json')))).toMatchObject({
      message: expect.stringContaining('ENOENT'),
    });
  });
});

describe('the janitor', () => {
  it('forgets a client that nobody used for 90 days, and not a day earlier', async () => {
    const { body } = await register(lab.address);
    expect(Date.parse((await view(body.client_id))?.forgottenAt ?? '') - Date.now()).toBeLessThanOrEqual(90 * DAY_MS);
    pass(89 * DAY_MS);
    await lab.tidy();
    expect(await view(body.client_id)).toBeDefined();
    pass(2 * DAY_MS);
    await lab.tidy();
    expect(await view(body.client_id)).toBeUndefined();
  });

  it('keeps a client that is used, and those of the set-up', async () => {
    const idle = (await register(lab.address)).body.client_id;
    const { clientId, tokens } = await signedIn();
    let held = tokens.refresh_token ?? '';
    for (let months = 0; months < 4; months += 1) {
      pass(25 * DAY_MS);
      const { status, body } = await refresh(lab.address, clientId, held);
      expect(status).toBe(200);
      held = body.refresh_token ?? '';
    }
    await lab.tidy();
    expect(await view(idle)).toBeUndefined();
    expect(await view(clientId)).toBeDefined();
    expect(await view('trackeep-cli')).toBeDefined();
    expect(await view('build-server')).toBeDefined();
  });

  it('removes what has ended: codes, tokens, grants and remembered words', async () => {
    await signedIn({ rememberMs: HOUR_MS });
    await openApprovalPage(
      openBrowser(),
      authorizationRequest(lab.address, { clientId: (await register(lab.address)).body.client_id }).url,
    );
    for (const table of ['issuer_records', 'issuer_grants', 'issuer_remembered'] as const) {
      expect(await rows(table)).toBeGreaterThan(0);
    }
    pass(31 * DAY_MS);
    await lab.tidy();
    for (const table of ['issuer_records', 'issuer_grants', 'issuer_remembered'] as const) {
      expect(await rows(table)).toBe(0);
    }
  });

  it('takes nothing from a client in the middle of its life', async () => {
    const { clientId, tokens } = await signedIn();
    pass(HOUR_MS);
    await lab.tidy();
    expect(await isGood(tokens.access_token)).toBe(true);
    expect((await refresh(lab.address, clientId, tokens.refresh_token ?? '')).status).toBe(200);
  });
});
