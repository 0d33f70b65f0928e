import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type AtlassianLab, openAtlassianLab } from '../support/atlassian-lab.ts';
import { ACME } from '../support/fake-atlassian.ts';

const HOUR = 3_600_000;

/**
 * Atlassian's gateway answers 404 for an issue that is not there, and for every issue if the token has expired. Whoever
 * takes the first for the second renews without end; whoever takes the second for the first tells people that their
 * work is gone.
 */
describe('a 404 of Atlassian', () => {
  let here: AtlassianLab;
  let id: string;
  beforeEach(async () => {
    here = await openAtlassianLab();
    await here.connect({ sites: ACME.id });
    const [connection] = await here.lab.connections.list();
    id = connection?.id ?? '';
  });
  afterEach(() => here.close());

  const get = (path: string) => here.lab.connections.request(id, { path: `/ex/jira/${ACME.id}${path}` });

  it('with a fresh token means that nothing is there, and renews nothing', async () => {
    for (let n = 0; n < 3; n += 1) {
      await expect(get('/rest/api/3/issue/TT-404')).rejects.toMatchObject({ code: 'not_found' });
    }
    expect(here.atlassian.refreshes).toBe(0);
    expect(await here.lab.connections.list()).toMatchObject([{ state: 'ok' }]);
  });

  it('with a token that has expired renews it exactly once, and asks again', async () => {
    // Ended at Atlassian earlier than it said: our own renewal ahead of time is not what helps here.
    here.atlassian.expireTokens();
    expect(await get('/rest/api/3/issue/TT-1')).toMatchObject({ key: 'TT-1' });
    expect(here.atlassian.refreshes).toBe(1);
  });

  it('with a token that has expired renews it once for many who ask', async () => {
    here.atlassian.expireTokens();
    const answers = await Promise.all(Array.from({ length: 25 }, () => get('/rest/api/3/issue/TT-1')));
    expect(answers).toHaveLength(25);
    expect(here.atlassian.refreshes).toBe(1);
  });

  it('with an expired token for what is not there renews once and says that nothing is there', async () => {
    here.atlassian.expireTokens();
    await expect(get('/rest/api/3/issue/TT-404')).rejects.toMatchObject({ code: 'not_found' });
    expect(here.atlassian.refreshes).toBe(1);
  });

  it('is met with a fresh token where ours has run out by the clock', async () => {
    here.lab.clock.jump(2 * HOUR);
    expect(await get('/rest/api/3/issue/TT-1')).toMatchObject({ key: 'TT-1' });
    expect(here.atlassian.refreshes).toBe(1);
  });

  it('is found out even by a machine whose clock was set back', async () => {
    here.lab.clock.jump(2 * HOUR);
    here.lab.clock.jump(-2 * HOUR);
    here.atlassian.expireTokens();
    expect(await get('/rest/api/3/issue/TT-1')).toMatchObject({ key: 'TT-1' });
    expect(here.atlassian.refreshes).toBe(1);
  });

  it('concludes nothing while Atlassian does not say whether the token is good', async () => {
    here.atlassian.fail('/me', { status: 503, body: {} });
    await expect(get('/rest/api/3/issue/TT-404')).rejects.toMatchObject({ code: 'provider_error' });
    expect(here.atlassian.refreshes).toBe(0);
    expect(await here.lab.connections.list()).toMatchObject([{ state: 'ok' }]);
  });

  it('ends the sign-in only on Atlassian’s own word', async () => {
    here.atlassian.removeApp('mia');
    await expect(get('/rest/api/3/issue/TT-1')).rejects.toMatchObject({ code: 'needs_reconnect' });
    expect(await here.lab.connections.list()).toMatchObject([{ state: 'needs_reconnect' }]);
    expect(here.lab.notices).toHaveLength(1);
  });

  it('has a relative: the 401 for a scope that is missing, which no new token would change', async () => {
    const create = here.lab.connections.request(id, {
      method: 'POST',
      path: `/ex/jira/${ACME.id}/rest/api/3/issue`,
      body: { fields: {} },
    });
    await expect(create).rejects.toMatchObject({ code: 'forbidden' });
    expect(here.atlassian.refreshes).toBe(0);
    expect(await here.lab.connections.list()).toMatchObject([{ state: 'ok' }]);
  });

  it('cannot be asked for at another server', async () => {
    const before = here.lab.sent.length;
    for (const path of ['@evil.test/', '.evil.test/', ':1/', 'https://evil.test/', '']) {
      await expect(here.lab.connections.request(id, { path })).rejects.toMatchObject({ code: 'bad_input' });
    }
    expect(here.lab.sent.length).toBe(before);
  });
});
