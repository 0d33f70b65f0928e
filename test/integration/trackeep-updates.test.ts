/** Update checks for a Trackeep of the person's own, over real HTTP against the whole app. */
import { UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { UpdatesView } from '../../src/shared/release-views.ts';
import { until } from '../support/connections-lab.ts';
import { openTrackeepLab, sessionWith, type TrackeepLab } from '../support/trackeep-lab.ts';

const NOT_AVAILABLE = {
  error: 'OAuth service not available',
  message: 'Please ensure OAuth service is running and you are authenticated',
};

let lab: TrackeepLab;
let octocat: string;
let session: string;
beforeAll(async () => {
  lab = await openTrackeepLab();
  octocat = await lab.connect('octocat');
  session = await lab.session();
});
afterAll(() => lab.stop());

const check = (token?: string) => lab.ask('/api/updates/check', token === undefined ? {} : { session: token });
/** GitHub's own token, as a Trackeep has it that got it from elsewhere. */
const rawToken = () => lab.gitHubToken('octocat');
const expectNotAvailable = async (answer: Response) => {
  expect(answer.status).toBe(503);
  expect(await answer.json()).toEqual(NOT_AVAILABLE);
};

describe('GET /api/updates/check', () => {
  it('answers exactly what Trackeep knows, with the file for this machine', async () => {
    const answer = await check(session);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const body = await answer.json();
    const { latest } = await lab.call<UpdatesView>('updates.get');
    expect(body).toEqual({
      updateAvailable: true,
      currentVersion: 'v1.2.5',
      latestVersion: 'v1.3.0',
      updateInfo: {
        version: 'v1.3.0',
        releaseNotes: latest?.notes,
        downloadUrl: expect.stringContaining(latest?.asset?.name ?? 'no file'),
        mandatory: false,
        size: '4.0 KB',
        checksum: lab.github.sha256Of('v1.3.0', latest?.asset?.name ?? ''),
        publishedAt: latest?.publishedAt,
        prerelease: false,
      },
    });
  });

  it('takes a GitHub token in the claim as well, and uses that one', async () => {
    const token = await rawToken();
    lab.github.requests.length = 0;
    const answer = await check(await sessionWith({ access_token: token }));
    expect(await answer.json()).toMatchObject({ updateAvailable: true, latestVersion: 'v1.3.0' });
    expect(lab.github.count('GET /repos/*/*/releases/latest')).toBe(1);
  });

  it.each<[string, () => Promise<string | undefined> | string | undefined]>([
    ['no token', () => undefined],
    ['nonsense', () => 'made-up'],
    ['another secret', () => sessionWith({ access_token: 'x' }, { secret: 'another-secret-0123456789abcdefgh' })],
    ['another algorithm', async () => sessionWith(await claims(), { alg: 'HS512' })],
    ['no signature', async () => new UnsecuredJWT(await claims()).setExpirationTime('1h').encode()],
    ['an expired one', async () => sessionWith(await claims(), { expires: '-1s' })],
    ['one that never expires', async () => sessionWith(await claims(), { expires: null })],
    [
      'one whose token has expired',
      async () => sessionWith({ ...(await claims()), expires_at: Date.now() / 1000 - 1 }),
    ],
    ['no access_token in it', () => sessionWith({ sub: '1' })],
    ['an odd access_token in it', () => sessionWith({ access_token: 42 })],
    ['a token that GitHub refuses', () => sessionWith({ access_token: 'gho_made_up_0123456789' })],
    ['a token that is none', () => sessionWith({ access_token: 'no\r\nheader: at all' })],
    [
      'a reference to nothing',
      () => sessionWith({ access_token: 'trackeep-tray:4f9c1f0e-8a43-4c86-9b3a-0b6d1d1f6c11' }),
    ],
    ['a sign-in’s own token', () => lab.signIn()],
  ])('answers %s with the documented 503, and with no other token instead', async (_what, token) => {
    const made = await token();
    lab.github.requests.length = 0;
    await expectNotAvailable(await check(made));
    expect(lab.github.count('GET /repos/*/*/releases/latest')).toBeLessThanOrEqual(1);
  });
  const claims = async () => ({ access_token: `trackeep-tray:${octocat}` });

  it('takes no token in the address', async () => {
    await expectNotAvailable(await lab.ask(`/api/updates/check?access_token=${session}`));
  });

  it('says what went wrong where the login is good', async () => {
    const heal = lab.github.fail({ match: 'GET /repos/*/*/releases/latest', answer: 'html' });
    const answer = await check(await sessionWith({ access_token: await rawToken() }));
    heal();
    expect(answer.status).toBe(500);
    expect(await answer.json()).toEqual({
      error: 'Failed to check for updates',
      details: expect.stringContaining('GitHub'),
    });
  });

  it('ends with the connection that it refers to', async () => {
    const hubot = await lab.connect('hubot');
    const reference = await sessionWith({ access_token: `trackeep-tray:${hubot}` });
    expect((await check(reference)).status).toBe(200);
    await lab.call('connections.disconnect', { id: hubot });
    await expectNotAvailable(await check(reference));
  });
});

describe('POST /api/updates/install and GET /api/updates/progress', () => {
  const progress = async () => (await lab.ask('/api/updates/progress', { session })).json();

  it('want the same session', async () => {
    await expectNotAvailable(await lab.post('/api/updates/install', { version: 'v1.3.0' }));
    await expectNotAvailable(await lab.ask('/api/updates/progress'));
  });

  it.each([
    [{ version: 'v9.9.9' }, 'Update not available'],
    [{}, 'Invalid request'],
    [{ version: 5 }, 'Invalid request'],
  ])('refuse %j', async (body, error) => {
    const answer = await lab.post('/api/updates/install', body, session);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toEqual({ error });
  });

  it('download and verify the update, and do not claim to install it', async () => {
    expect(await progress()).toEqual({
      ...{ available: true, downloading: false, installing: false, completed: false, error: '', progress: 0 },
    });
    const answer = await lab.post('/api/updates/install', { version: 'v1.3.0' }, session);
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({ message: expect.stringContaining('does not install it'), version: 'v1.3.0' });
    await until(async () => (await progress()).completed);
    expect(await progress()).toEqual({
      ...{ available: true, downloading: false, installing: false, completed: true, error: '', progress: 100 },
    });
  });

  it('never call a file complete that is not the published one', async () => {
    await lab.call('updates.discard');
    lab.github.replaceFiles();
    await lab.post('/api/updates/install', { version: 'v1.3.0' }, session);
    await until(async () => (await progress()).error !== '');
    expect(await progress()).toMatchObject({ completed: false, error: expect.stringContaining('not the file') });
  });
});

describe('without JWT_SECRET', () => {
  it('there is nothing but the documented 503', async () => {
    const bare = await openTrackeepLab({ JWT_SECRET: '' });
    try {
      const id = await bare.connect();
      await expectNotAvailable(
        await bare.ask('/api/updates/check', { session: await sessionWith({ access_token: `trackeep-tray:${id}` }) }),
      );
      await expectNotAvailable(
        await bare.ask('/api/updates/check', { session: await sessionWith({ access_token: 'x' }, { secret: ' ' }) }),
      );
    } finally {
      await bare.stop();
    }
  });
});
