import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import {
  type AuthorizationOptions,
  approve,
  authorizationRequest,
  openBrowser,
  redeem,
  register,
  signIn,
} from '../support/oauth-client.ts';

const HOUR_MS = 3_600_000;
const NOTES = 'https://notes.example.test/mcp';
const LOOPBACK = 'http://127.0.0.1:3118/callback';
const OTHER_NAME = 'http://localhost:3118/callback';
const HOSTED = 'https://editor.example/callback';

/** "Don't ask again for an hour" is a word about one client and one use, and nothing else may ride on it. */
describe('an approval that the person wants to be remembered', () => {
  let lab: IssuerLab;
  let clientId: string;

  beforeAll(async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    lab = await openIssuerLab({ resourceServers: [NOTES], config: { registrationsPerHour: 1_000 } });
  });
  beforeEach(async () => {
    clientId = await newClient();
    await signIn(lab.address, lab.issuer.approvals, {
      clientId,
      scope: 'openid updates:read github:read',
      rememberMs: HOUR_MS,
    });
  });
  afterAll(async () => {
    await lab.close();
    vi.useRealTimers();
  });

  const newClient = async () =>
    (await register(lab.address, { client_name: 'My editor', redirect_uris: [LOOPBACK, OTHER_NAME, HOSTED] })).body
      .client_id;

  /** Whether the person has to answer; if not, the client must have got a code that is good. */
  const isAsked = async (options: Partial<AuthorizationOptions> = {}): Promise<boolean> => {
    const redirectUri = options.redirectUri ?? LOOPBACK;
    const { url, verifier } = authorizationRequest(lab.address, { clientId, ...options });
    const { away } = await openBrowser().follow(url);
    if (away === null) {
      const waiting = (await lab.issuer.approvals.list()).map(({ client }) => client.id);
      expect(waiting).toContain(options.clientId ?? clientId);
      return true;
    }
    const code = away.searchParams.get('code') ?? '';
    const answer = await redeem(lab.address, { clientId: options.clientId ?? clientId, code, verifier, redirectUri });
    expect(answer.status).toBe(200);
    return false;
  };

  it('answers the same request, and one for less of it, in any browser and after a restart', async () => {
    expect(await isAsked({ scope: 'openid updates:read github:read' })).toBe(false);
    expect(await isAsked({ scope: 'github:read updates:read openid' })).toBe(false);
    expect(await isAsked({ scope: 'updates:read' })).toBe(false);
    lab = await lab.restart();
    expect(await isAsked()).toBe(false);
  });

  it('answers also from another port of this machine, since that is new with every start', async () => {
    expect(await isAsked({ redirectUri: 'http://127.0.0.1:51000/callback' })).toBe(false);
  });

  it('gives what was asked for, and not what was agreed to beyond it', async () => {
    const { url, verifier } = authorizationRequest(lab.address, { clientId, scope: 'updates:read' });
    const code = (await openBrowser().follow(url)).away?.searchParams.get('code') ?? '';
    const { body } = await redeem(lab.address, { clientId, code, verifier });
    expect(body.scope).toBe('updates:read');
  });

  it('does not answer for one scope more', async () => {
    expect(await isAsked({ scope: 'openid updates:read github:read token:github' })).toBe(true);
  });

  it('does not answer for another client, of whatever name', async () => {
    expect(await isAsked({ clientId: await newClient() })).toBe(true);
  });

  it('does not answer for another redirect host of the same client', async () => {
    expect(await isAsked({ redirectUri: OTHER_NAME })).toBe(true);
    expect(await isAsked({ redirectUri: HOSTED })).toBe(true);
  });

  it('does not answer for another resource', async () => {
    expect(await isAsked({ resource: NOTES })).toBe(true);
    expect(await isAsked({ resource: lab.address })).toBe(true);
    expect(await isAsked({ resource: `${lab.address}/mcp/` })).toBe(false);
  });

  it('does not answer for two that were remembered, put together', async () => {
    const other = await newClient();
    for (const scope of ['updates:read', 'installations:read']) {
      await signIn(lab.address, lab.issuer.approvals, { clientId: other, scope, rememberMs: HOUR_MS });
    }
    expect(await isAsked({ clientId: other, scope: 'installations:read' })).toBe(false);
    expect(await isAsked({ clientId: other, scope: 'updates:read installations:read' })).toBe(true);
  });

  it('ends with its time, to the second', async () => {
    vi.setSystemTime(Date.now() + HOUR_MS - 5_000);
    expect(await isAsked()).toBe(false);
    // What it answered has not made it any longer.
    vi.setSystemTime(Date.now() + 10_000);
    expect(await isAsked()).toBe(true);
  });

  it('is not there when the person did not ask for it', async () => {
    const other = await newClient();
    await signIn(lab.address, lab.issuer.approvals, { clientId: other });
    expect(await isAsked({ clientId: other })).toBe(true);
  });

  it('is not there when the person said no', async () => {
    const other = await newClient();
    const { url } = authorizationRequest(lab.address, { clientId: other });
    await openBrowser().follow(url);
    const asked = (await lab.issuer.approvals.list()).find(({ client }) => client.id === other);
    await lab.issuer.approvals.deny(asked?.id ?? '');
    expect(await isAsked({ clientId: other })).toBe(true);
  });

  it('is shown with what came of it', async () => {
    const { grants } = (await lab.issuer.clients.list()).find(({ id }) => id === clientId) ?? {};
    expect(grants).toHaveLength(1);
    expect(Date.parse(grants?.[0]?.rememberedUntil ?? '')).toBeGreaterThan(Date.now() + HOUR_MS - 60_000);
  });

  describe('is forgotten', () => {
    it('with the client, when all of its access is revoked', async () => {
      await lab.issuer.clients.revoke(clientId);
      expect(await isAsked()).toBe(true);
    });

    it('with the grant, when that one is revoked; what is remembered for elsewhere stays', async () => {
      const elsewhere = { clientId, redirectUri: HOSTED };
      const { url } = authorizationRequest(lab.address, elsewhere);
      await approve(openBrowser(), url, lab.issuer.approvals, { rememberMs: HOUR_MS });
      const { grants = [] } = (await lab.issuer.clients.list()).find(({ id }) => id === clientId) ?? {};
      const local = grants.find(({ redirectHost }) => redirectHost === '127.0.0.1');
      await lab.issuer.clients.revoke(clientId, local?.id);
      expect(await isAsked()).toBe(true);
      expect(await isAsked(elsewhere)).toBe(false);
    });

    it('with everything, when everything is revoked', async () => {
      await lab.issuer.clients.revokeAll();
      expect(await isAsked()).toBe(true);
    });

    it('with the registration, when the client is removed', async () => {
      await lab.issuer.clients.remove(clientId);
      const ofClient = lab.db.selectFrom('issuer_remembered').where('client_id', '=', clientId);
      const rows = await ofClient.selectAll().execute();
      expect(rows).toEqual([]);
    });
  });
});
