import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createOAuthStates } from '../../src/main/connections/sign-in/oauth-states.ts';
import { DEMO_CLIENT, OAUTH_APP_CLIENT, SECRET_CLIENT } from '../../src/main/demo/emulated-github.ts';
import { type ConnectionsLab, openConnectionsLab, until } from '../support/connections-lab.ts';

const MINUTE = 60_000;
const REFUSED = { error: expect.objectContaining({ code: 'state_invalid' }) };

describe('signing in through the browser', () => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab({ client: SECRET_CLIENT });
  });
  afterEach(() => lab.close());

  const stateOf = (address: string | null) => new URL(address ?? '').searchParams.get('state') ?? '';

  it('goes to GitHub with a state and a PKCE challenge, and comes back connected', async () => {
    const flow = await lab.begin('web');
    const asked = new URL(flow.authorizationUrl ?? '').searchParams;
    expect(Object.fromEntries(asked)).toMatchObject({
      client_id: SECRET_CLIENT.clientId,
      redirect_uri: 'http://127.0.0.1:9090/oauth/callback/github',
      code_challenge_method: 'S256',
      state: expect.stringMatching(/^[\w-]{43}$/),
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
    });
    const back = await lab.connections.callback('github', await lab.browse(flow));
    expect(back).toMatchObject({ id: flow.id, state: 'connected', login: 'octocat', error: null });
    expect(await lab.connections.list()).toMatchObject([{ login: 'octocat', state: 'ok' }]);
  });

  it('proves with its verifier that it is the one who began', async () => {
    const flow = await lab.begin('web');
    const back = await lab.browse(flow);
    const code = back.get('code') ?? '';
    // Whoever catches the code on its way has no verifier.
    const stolen = await fetch(`${lab.github.url}/login/oauth/access_token`, {
      method: 'POST',
      headers: { accept: 'application/json' },
      body: new URLSearchParams({
        client_id: SECRET_CLIENT.clientId,
        client_secret: SECRET_CLIENT.clientSecret ?? '',
        code,
      }),
    });
    expect(await stolen.json()).toMatchObject({ error: 'bad_verification_code' });
    expect(await lab.connections.callback('github', back)).toMatchObject({
      state: 'expired',
      error: { code: 'code_expired' },
    });
  });

  it('connects a second account beside the first', async () => {
    await lab.connectByBrowser('octocat');
    await lab.connectByBrowser('hubot');
    expect((await lab.connections.list()).map(({ login }) => login).sort()).toEqual(['hubot', 'octocat']);
  });

  it('takes each state once', async () => {
    const flow = await lab.begin('web');
    const back = await lab.browse(flow);
    await lab.connections.callback('github', back);
    expect(await lab.connections.callback('github', back)).toEqual(REFUSED);
    expect(lab.connections.flow(flow.id).state).toBe('connected');
  });

  it('takes a state once even from two callbacks at the same instant', async () => {
    const flow = await lab.begin('web');
    const back = await lab.browse(flow);
    const both = await Promise.all([
      lab.connections.callback('github', back),
      lab.connections.callback('github', back),
    ]);
    expect(both).toContainEqual(REFUSED);
    expect(lab.connections.flow(flow.id).state).toBe('connected');
  });

  it.each([
    ['no state', ''],
    ['an unknown state', `state=${'x'.repeat(43)}&code=abc`],
    ['a forged refusal', 'error=access_denied'],
    ['a forged refusal with an unknown state', `error=access_denied&state=${'x'.repeat(43)}`],
    ['a state from another provider', null],
    ['two states', 'twice'],
  ])('ends no sign-in by %s', async (what, query) => {
    const flow = await lab.begin('web');
    const state = stateOf(flow.authorizationUrl);
    const text = query === null ? `state=${state}&code=abc` : query === 'twice' ? `state=${state}&state=x` : query;
    const platform = what === 'a state from another provider' ? 'gitlab' : 'github';
    expect(await lab.connections.callback(platform, new URLSearchParams(text))).toEqual(REFUSED);
    expect(lab.connections.flow(flow.id).state).toBe('waiting');
    expect(await lab.connections.callback('github', await lab.browse(flow))).toMatchObject({ state: 'connected' });
  });

  it('ends as declined when the person said no at GitHub', async () => {
    const flow = await lab.begin('web');
    const back = await lab.connections.callback('github', await lab.browse(flow, 'deny'));
    expect(back).toMatchObject({ id: flow.id, state: 'denied', error: { code: 'access_denied' } });
    expect(await lab.connections.list()).toEqual([]);
  });

  it('ends with a reason when GitHub sends neither a code nor an error', async () => {
    const flow = await lab.begin('web');
    const parameters = new URLSearchParams({ state: stateOf(flow.authorizationUrl) });
    expect(await lab.connections.callback('github', parameters)).toMatchObject({
      state: 'failed',
      error: { code: 'provider_error', message: 'GitHub sent you back without a code.' },
    });
  });

  it('never shows a text from the address bar', async () => {
    const flow = await lab.begin('web');
    const parameters = new URLSearchParams({ state: stateOf(flow.authorizationUrl), error: '<b>call 0900-1234</b>' });
    const back = await lab.connections.callback('github', parameters);
    expect(back).toMatchObject({ state: 'failed', error: { code: 'provider_error' } });
    expect(JSON.stringify(back)).not.toContain('0900');
  });

  it('is over after ten minutes', async () => {
    const flow = await lab.begin('web');
    const back = await lab.browse(flow);
    await lab.pass(10 * MINUTE);
    expect(lab.connections.flow(flow.id)).toMatchObject({ state: 'expired' });
    expect(await lab.connections.callback('github', back)).toEqual(REFUSED);
  });

  it('is over after ten minutes on the clock on the wall, too', async () => {
    const flow = await lab.begin('web');
    const back = await lab.browse(flow);
    lab.clock.jump(10 * MINUTE);
    expect(await lab.connections.callback('github', back)).toEqual(REFUSED);
    expect(await lab.connections.list()).toEqual([]);
  });

  it('is over when it was cancelled, even if the browser comes back', async () => {
    const flow = await lab.begin('web');
    const back = await lab.browse(flow);
    await lab.connections.cancel(flow.id);
    await until(async () => (await lab.db.selectFrom('oauth_states').selectAll().execute()).length === 0);
    expect(await lab.connections.callback('github', back)).toEqual(REFUSED);
    expect(lab.connections.flow(flow.id).state).toBe('cancelled');
  });

  it('is over after a restart', async () => {
    const back = await lab.browse(await lab.begin('web'));
    lab = await lab.restart();
    expect(await lab.connections.callback('github', back)).toEqual(REFUSED);
  });

  it('keeps neither the state nor the verifier readable in the database', async () => {
    const flow = await lab.begin('web');
    const state = stateOf(flow.authorizationUrl);
    const [row] = await lab.db.selectFrom('oauth_states').selectAll().execute();
    expect(row?.state_hash).toBe(createHash('sha256').update(state).digest('hex'));
    expect(JSON.stringify(row)).not.toContain(state);
    expect(row?.sealed_code_verifier.split('.')).toHaveLength(5);
    await lab.connections.callback('github', await lab.browse(flow));
    expect(await lab.db.selectFrom('oauth_states').selectAll().execute()).toEqual([]);
  });

  it('takes no state that was made for another provider, and keeps it for the right one', async () => {
    const states = createOAuthStates(lab);
    const { state } = await states.issue({ platform: 'github', flowId: 'a flow', lifetimeMs: MINUTE });
    expect(await states.redeem('jira', state)).toBeNull();
    expect(await states.redeem('github', state)).toMatchObject({ flowId: 'a flow' });
  });

  it('says so when GitHub does not accept the secret', async () => {
    lab = await lab.restart({ client: { ...SECRET_CLIENT, clientSecret: 'wrong' } });
    const flow = await lab.begin('web');
    expect(await lab.connections.callback('github', await lab.browse(flow))).toMatchObject({
      state: 'failed',
      error: { code: 'provider_refused_client', action: 'configure_provider' },
    });
  });

  it('is not offered without a client secret', async () => {
    lab = await lab.restart({ client: DEMO_CLIENT });
    await expect(lab.begin('web')).rejects.toMatchObject({ code: 'provider_not_configured' });
  });

  it('asks an OAuth app for no more than reading the profile', async () => {
    lab = await lab.restart({ client: OAUTH_APP_CLIENT });
    await lab.connectByBrowser();
    expect(await lab.connections.list()).toMatchObject([{ scopes: ['read:user'], accessExpiresAt: null }]);
  });
});
