import { inspect } from 'node:util';
import { afterEach, describe, expect, it } from 'vitest';
import { OAUTH_APP_CLIENT, refusals, SECRET_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { type ConnectionsLab, openConnectionsLab, until } from '../support/connections-lab.ts';

describe.each([[SECRET_CLIENT], [OAUTH_APP_CLIENT]])('the secrets of $name', (client) => {
  let lab: ConnectionsLab;
  afterEach(() => lab.close());

  it('are in no view, notice, error or log line, whatever happens to them', async () => {
    lab = await openConnectionsLab({ client });
    const seen: unknown[] = [];
    const note = async (outcome: Promise<unknown>) => {
      seen.push(await outcome.catch((error: unknown) => error));
    };
    const look = async () => seen.push(await lab.connections.list(), await lab.connections.providers());
    const octocat = await lab.connect();
    await lab.connectByBrowser('hubot');
    await look();
    const octokit = await lab.connections.github(octocat.id);
    for (const answer of [
      refusals.serverError(),
      refusals.ssoRequired('https://github.com/orgs/acme/sso'),
      { status: 404, headers: { 'content-type': 'application/json' }, body: '{"message":"Not Found"}' },
      'html' as const,
      'reset' as const,
    ]) {
      const heal = lab.github.fail({ match: 'GET /user', answer });
      await note(octokit.request('GET /user'));
      await note(lab.connections.refresh(octocat.id));
      await look();
      heal();
    }
    lab.clock.jump(9 * 3_600_000);
    const heal = lab.github.fail({ match: 'POST /login/oauth/access_token', answer: 'lost', times: 1 });
    await note(lab.connections.refresh(octocat.id));
    heal();
    await note(lab.connections.refresh(octocat.id));
    lab.github.revokeAll('octocat');
    await note(octokit.request('GET /user'));
    lab.github.fail({ match: 'DELETE /applications/*/token', answer: 'html' });
    for (const { id } of await lab.connections.list()) await note(lab.connections.disconnect(id));
    const flow = await lab.begin();
    lab.github.approve(flow.userCode ?? '');
    lab.github.fail({ match: 'GET /user', answer: 'html' });
    await lab.pass(5_000);
    await until(() => lab.github.count('GET /user') > 0);
    seen.push(await lab.connections.cancel(flow.id));

    const everything = inspect([seen, lab.notices, lab.log], {
      depth: 12,
      maxStringLength: null,
      maxArrayLength: null,
    });
    expect(seen.length).toBeGreaterThan(15);
    const secrets = lab.github.secrets().filter((secret) => secret !== flow.userCode && !/^\w{4}-\w{4}$/.test(secret));
    expect(secrets.length).toBeGreaterThan(5);
    for (const secret of secrets) expect(everything).not.toContain(secret);
  });
});
