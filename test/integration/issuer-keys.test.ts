import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createLocalJWKSet, decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from 'jose';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { systemClock } from '../../src/main/core/clock.ts';
import { createSigningKeys } from '../../src/main/issuer/signing-keys.ts';
import { type IssuerLab, openIssuerLab } from '../support/issuer-lab.ts';
import { authorizationRequest, openBrowser, refresh, register, signIn } from '../support/oauth-client.ts';

const DAY_MS = 24 * 3_600_000;
const PASSPHRASE = 'correct horse battery staple';

let lab: IssuerLab;
afterEach(() => lab.close());

const served = async (): Promise<JSONWebKeySet> => (await fetch(`${lab.address}/jwks`)).json();
const kids = async () => (await served()).keys.map(({ kid }) => kid ?? '');
const signedIn = () => signIn(lab.address, lab.issuer.approvals);
const isGood = async (token: string) => (await lab.issuer.checkAccessToken(token, null)) !== null;
const kidOf = (token: string) => decodeProtectedHeader(token).kid ?? '';
/** As another resource server would see it. */
const isGoodByKeys = async (token: string) =>
  jwtVerify(token, createLocalJWKSet(await served()), { currentDate: new Date() }).then(
    () => true,
    () => false,
  );

/** Moves the clock, and has the janitor make its round. */
async function pass(ms: number) {
  if (!vi.isFakeTimers()) {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
  }
  vi.setSystemTime(Date.now() + ms);
  await lab.tidy();
}

describe('the signing keys', () => {
  beforeEach(async () => {
    lab = await openIssuerLab();
  });

  it('that are being made when the issuer stops are written down before it has', async () => {
    await lab.issuer.stop();
    expect(await lab.db.selectFrom('issuer_keys').select('kid').execute()).not.toEqual([]);
  });

  it('are there with the first start, one to sign with and one for those who know only RSA', async () => {
    const { keys } = await served();
    expect(keys.map(({ alg, use }) => [alg, use]).sort()).toEqual([
      ['ES256', 'sig'],
      ['RS256', 'sig'],
    ]);
    const { tokens } = await signedIn();
    expect(keys.find(({ kid }) => kid === kidOf(tokens.access_token))).toMatchObject({ alg: 'ES256' });
  });

  it('are another pair in another data folder, and none that stands in an example', async () => {
    const other = await openIssuerLab();
    onTestFinished(() => other.close());
    const theirs: JSONWebKeySet = await (await fetch(`${other.address}/jwks`)).json();
    const values = ({ keys }: JSONWebKeySet) => keys.map(({ n, x }) => n ?? x);
    expect(values(await served())).not.toEqual(expect.arrayContaining(values(theirs)));
    // oidc-provider's own for development.
    expect(JSON.stringify([await served(), theirs])).not.toContain('keystore-CHANGE-ME');
  });

  it('are the same after a restart, and what they signed is good', async () => {
    const before = await kids();
    const { tokens } = await signedIn();
    lab = await lab.restart();
    expect(await kids()).toEqual(before);
    expect(await isGood(tokens.access_token)).toBe(true);
  });

  it('rest sealed: no private half stands in any file of the data folder', async () => {
    await signedIn();
    const keys = await createSigningKeys({ db: lab.db, vault: lab.vault, clock: systemClock() }).open();
    const files = (await readdir(lab.dataDir, { recursive: true, withFileTypes: true })).filter((file) =>
      file.isFile(),
    );
    const bytes = await Promise.all(files.map((file) => readFile(join(file.parentPath, file.name))));
    expect(bytes.some((file) => file.includes(keys[0]?.kid ?? ''))).toBe(true);
    for (const { d, p, q } of keys) {
      for (const secret of [d, p, q].filter((part) => part !== undefined)) {
        const forms = [secret, Buffer.from(secret, 'base64url'), Buffer.from(secret, 'base64url').toString('hex')];
        for (const form of forms) expect(bytes.some((file) => file.includes(form))).toBe(false);
      }
    }
  });

  it('rotated on demand sign from now on, and the former ones are still served', async () => {
    const before = await kids();
    const { clientId, tokens } = await signedIn();
    const made = await lab.issuer.clients.rotateKeys();
    expect(made).toHaveLength(2);
    expect((await kids()).toSorted()).toEqual([...before, ...made].toSorted());

    expect(await isGood(tokens.access_token)).toBe(true);
    expect(await isGoodByKeys(tokens.access_token)).toBe(true);
    const next = (await refresh(lab.address, clientId, tokens.refresh_token ?? '')).body;
    for (const token of [next.access_token, next.id_token ?? '']) expect(made).toContain(kidOf(token));
    expect(await isGood(next.access_token)).toBe(true);
    lab = await lab.restart();
    expect((await kids()).toSorted()).toEqual([...before, ...made].toSorted());
    expect(await isGood(tokens.access_token)).toBe(true);
  });

  it('rotated while clients refresh fail none of them', async () => {
    const clients = [await signedIn(), await signedIn(), await signedIn()];
    const rounds = clients.map(async ({ clientId, tokens }) => {
      let held = tokens.refresh_token ?? '';
      for (let round = 0; round < 4; round += 1) {
        const { status, body } = await refresh(lab.address, clientId, held);
        expect(status).toBe(200);
        expect(await isGood(body.access_token)).toBe(true);
        held = body.refresh_token ?? '';
      }
    });
    for (let times = 0; times < 3; times += 1) await lab.issuer.clients.rotateKeys();
    await Promise.all(rounds);
  });

  it('rotate by themselves after 90 days', async () => {
    const before = await kids();
    await pass(89 * DAY_MS);
    expect(await kids()).toEqual(before);
    await pass(2 * DAY_MS);
    expect(await kids()).toHaveLength(4);
    expect(await kids()).toEqual(expect.arrayContaining(before));
    const { tokens } = await signedIn();
    expect(before).not.toContain(kidOf(tokens.access_token));
  });

  it('are served no longer once no token of theirs can be good', async () => {
    const before = await kids();
    const made = await lab.issuer.clients.rotateKeys();
    await pass(29 * DAY_MS);
    expect(await kids()).toEqual(expect.arrayContaining(before));
    await pass(2 * DAY_MS);
    expect((await kids()).toSorted()).toEqual(made.toSorted());
    const kept = await lab.db.selectFrom('issuer_keys').select('kid').execute();
    expect(kept.map(({ kid }) => kid).toSorted()).toEqual(made.toSorted());
  });

  it('go on when the master key above them is replaced', async () => {
    const before = await kids();
    const { clientId, tokens } = await signedIn();
    await lab.vault.rotate();
    const next = await refresh(lab.address, clientId, tokens.refresh_token ?? '');
    expect(next.status).toBe(200);
    lab = await lab.restart();
    expect(await kids()).toEqual(before);
    expect(await isGood(tokens.access_token)).toBe(true);
    // The successor of a used token is sealed, too.
    const again = await refresh(lab.address, clientId, tokens.refresh_token ?? '');
    expect(again.body.refresh_token).toBe(next.body.refresh_token);
  });
});

describe('a closed vault', () => {
  let known: Awaited<ReturnType<typeof signedIn>>;
  beforeEach(async () => {
    lab = await openIssuerLab({ passphrase: PASSPHRASE });
    known = await signedIn();
    lab = await lab.restart({ passphrase: null });
    expect(lab.vault.view().state).toBe('locked');
  });

  it('is temporarily_unavailable to every program, which may try again', async () => {
    const { clientId, tokens } = known;
    const answers = await Promise.all([
      refresh(lab.address, clientId, tokens.refresh_token ?? ''),
      register(lab.address),
      ...['/jwks', '/userinfo', '/.well-known/oauth-authorization-server'].map(async (path) => {
        const answer = await fetch(lab.address + path);
        return { status: answer.status, headers: answer.headers, body: await answer.json() };
      }),
    ]);
    for (const { status, headers, body } of answers) {
      expect([status, body.error, body.error_description]).toEqual([
        503,
        'temporarily_unavailable',
        expect.stringContaining('passphrase'),
      ]);
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  it('is told to a person on a page, and nothing is sent anywhere', async () => {
    const { url } = authorizationRequest(lab.address, { clientId: known.clientId });
    const { response, away } = await openBrowser().follow(url);
    expect([response.status, away]).toEqual([503, null]);
    expect(await response.text()).toContain('The vault waits for its passphrase');
  });

  it('that is opened has cost nobody anything', async () => {
    const { clientId, tokens } = known;
    await refresh(lab.address, clientId, tokens.refresh_token ?? '');
    await lab.vault.unlock({ passphrase: PASSPHRASE });
    expect(await isGood(tokens.access_token)).toBe(true);
    expect((await refresh(lab.address, clientId, tokens.refresh_token ?? '')).status).toBe(200);
    expect((await lab.issuer.clients.list()).map(({ id }) => id)).toContain(clientId);
  });

  it('has the clients listed and revoked all the same', async () => {
    const { clientId, tokens } = known;
    expect((await lab.issuer.clients.revoke(clientId)).grants).toEqual([]);
    await lab.vault.unlock({ passphrase: PASSPHRASE });
    expect(await isGood(tokens.access_token)).toBe(false);
  });
});
