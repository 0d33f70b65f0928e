import { afterEach, describe, expect, it } from 'vitest';
import { SECRET_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { type ConnectionsLab, openConnectionsLab } from '../support/connections-lab.ts';
import { TEST_REQUESTER } from '../support/requester.ts';

describe('disconnecting', () => {
  let lab: ConnectionsLab;
  afterEach(() => lab.close());
  const connected = async () => {
    const { id } = await lab.connect();
    const { token } = await lab.connections.token('github', 'octocat', TEST_REQUESTER);
    lab.github.requests.length = 0;
    return { token, id, outcome: () => lab.connections.disconnect(id) };
  };
  const works = async (token: string) =>
    (await fetch(`${lab.github.url}/user`, { headers: { authorization: `Bearer ${token}` } })).ok;

  it('ends the token at GitHub when there is a client secret', async () => {
    lab = await openConnectionsLab({ client: SECRET_CLIENT });
    const { token, outcome } = await connected();
    expect(await outcome()).toMatchObject({ upstream: 'revoked', manualUrl: null });
    expect(await works(token)).toBe(false);
    expect(await lab.connections.list()).toEqual([]);
  });

  it('counts a token that is gone already as ended', async () => {
    lab = await openConnectionsLab({ client: SECRET_CLIENT });
    const { outcome } = await connected();
    lab.github.revokeAll('octocat');
    expect(await outcome()).toMatchObject({ upstream: 'revoked' });
  });

  it('says where to end it by hand when there is no client secret', async () => {
    lab = await openConnectionsLab();
    const { outcome } = await connected();
    expect(await outcome()).toEqual({
      upstream: 'not_possible',
      message: expect.stringContaining('that takes the client secret of your app'),
      manualUrl: `${lab.github.url}/settings/apps/authorizations`,
    });
    expect(lab.github.requests).toEqual([]);
    expect(await lab.connections.list()).toEqual([]);
  });

  it.each([['reset' as const], ['html' as const], [{ status: 500 }]])(
    'forgets the account here even if GitHub answers %j, and says that the token may live on',
    async (answer) => {
      lab = await openConnectionsLab({ client: SECRET_CLIENT });
      const { outcome } = await connected();
      lab.github.fail({ match: 'DELETE /applications/*/token', answer });
      expect(await outcome()).toMatchObject({ upstream: 'failed', manualUrl: expect.stringContaining('/settings/') });
      expect(await lab.db.selectFrom('installations').selectAll().execute()).toEqual([]);
    },
  );

  it('works while the vault is closed', async () => {
    lab = await openConnectionsLab({ client: SECRET_CLIENT });
    const { id } = await lab.connect();
    lab = await lab.loseKey();
    expect(await lab.connections.disconnect(id)).toMatchObject({
      upstream: 'not_possible',
      manualUrl: expect.stringContaining('/settings/'),
    });
    expect(await lab.connections.list()).toEqual([]);
  });

  it('takes along what was remembered with the token', async () => {
    lab = await openConnectionsLab();
    const { outcome } = await connected();
    await (await lab.connections.github()).request('GET /user');
    expect(await lab.db.selectFrom('http_cache').select('url').execute()).toHaveLength(1);
    await outcome();
    expect(await lab.db.selectFrom('http_cache').selectAll().execute()).toEqual([]);
  });

  it('leaves the other accounts alone', async () => {
    lab = await openConnectionsLab({ client: SECRET_CLIENT });
    await lab.connect('hubot');
    const { outcome } = await connected();
    await outcome();
    expect(await lab.connections.token('github', undefined, TEST_REQUESTER)).toMatchObject({ login: 'hubot' });
  });

  it('refuses an account that is not there', async () => {
    lab = await openConnectionsLab();
    await expect(lab.connections.disconnect('00000000-0000-4000-8000-000000000000')).rejects.toMatchObject({
      code: 'not_connected',
    });
  });
});
