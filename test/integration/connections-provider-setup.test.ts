import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  DEMO_CLIENT,
  NO_DEVICE_FLOW_CLIENT,
  OAUTH_APP_CLIENT,
  SECRET_CLIENT,
} from '../../src/main/demo/emulated-github.ts';
import { type ConnectionsLab, openConnectionsLab } from '../support/connections-lab.ts';

const SECRET = SECRET_CLIENT.clientSecret ?? '';

describe('setting up an app of one’s own', () => {
  let lab: ConnectionsLab;
  beforeEach(async () => {
    lab = await openConnectionsLab({ client: null });
  });
  afterEach(() => lab.close());

  const view = async () => (await lab.connections.providers())[0];
  const configure = (clientId: string, clientSecret?: string | null) =>
    lab.connections.configure({
      platform: 'github',
      clientId,
      ...(clientSecret === undefined ? {} : { clientSecret }),
    });

  it('begins with a page of GitHub that is filled in already', async () => {
    const provider = await view();
    expect(provider).toMatchObject({ name: 'GitHub', clientId: null, configuredBy: null, ways: [] });
    const page = new URL(provider?.registrationUrl ?? '');
    expect(page.origin + page.pathname).toBe(`${lab.github.url}/settings/apps/new`);
    expect(page.searchParams.get('callback_urls[]')).toBe(provider?.callbackUrl);
    expect(page.searchParams.get('webhook_active')).toBe('false');
  });

  it('with a client ID alone offers the code, with a secret the browser too', async () => {
    expect(await configure(DEMO_CLIENT.clientId)).toMatchObject({ configuredBy: 'person', ways: ['device'] });
    expect(await configure(SECRET_CLIENT.clientId, SECRET)).toMatchObject({
      hasClientSecret: true,
      ways: ['device', 'web'],
    });
  });

  it('lasts over a restart', async () => {
    await configure(SECRET_CLIENT.clientId, SECRET);
    lab = await lab.restart();
    expect(await lab.connectByBrowser()).toMatchObject({ state: 'connected' });
  });

  it('keeps the secret sealed, and shows it to nobody', async () => {
    expect(JSON.stringify(await configure(SECRET_CLIENT.clientId, SECRET))).not.toContain(SECRET);
    const rows = await lab.db.selectFrom('providers').selectAll().execute();
    expect(rows).toHaveLength(1);
    expect(JSON.stringify(rows)).not.toContain(SECRET);
  });

  it('keeps the secret that is not mentioned, forgets it for null, and drops it with the app it belongs to', async () => {
    await configure(SECRET_CLIENT.clientId, SECRET);
    expect(await configure(SECRET_CLIENT.clientId)).toMatchObject({ hasClientSecret: true });
    expect(await configure(DEMO_CLIENT.clientId)).toMatchObject({ hasClientSecret: false });
    await configure(SECRET_CLIENT.clientId, SECRET);
    expect(await configure(SECRET_CLIENT.clientId, null)).toMatchObject({ hasClientSecret: false, ways: ['device'] });
  });

  it('refuses an ID that GitHub does not know, and keeps what was there', async () => {
    await configure(DEMO_CLIENT.clientId);
    await expect(configure('Iv23liMistyped')).rejects.toMatchObject({ code: 'provider_refused_client' });
    expect(await view()).toMatchObject({ clientId: DEMO_CLIENT.clientId });
  });

  it('says which switch is missing when the app does not allow codes', async () => {
    const { clientId } = NO_DEVICE_FLOW_CLIENT;
    await expect(configure(clientId)).rejects.toMatchObject({ code: 'device_flow_disabled' });
    expect(await configure(clientId, 'a-secret-of-its-own')).toMatchObject({ ways: ['device', 'web'] });
  });

  it('believes the person while GitHub cannot be asked', async () => {
    lab.github.fail({ match: 'POST /login/device/code', answer: 'reset' });
    expect(await configure('Iv23liUnchecked')).toMatchObject({ clientId: 'Iv23liUnchecked', ways: ['device'] });
  });

  it('stores no secret that it cannot seal', async () => {
    await configure(SECRET_CLIENT.clientId, SECRET);
    lab = await lab.loseKey();
    await expect(configure(OAUTH_APP_CLIENT.clientId, OAUTH_APP_CLIENT.clientSecret)).rejects.toMatchObject({
      code: 'vault_missing',
    });
    expect(await view()).toMatchObject({ clientId: SECRET_CLIENT.clientId });
    expect(await configure(DEMO_CLIENT.clientId)).toMatchObject({ clientId: DEMO_CLIENT.clientId });
  });

  it('is not possible where the environment sets one, and leaves both apart', async () => {
    await configure(SECRET_CLIENT.clientId, SECRET);
    lab = await lab.restart({ client: DEMO_CLIENT });
    expect(await view()).toMatchObject({
      clientId: DEMO_CLIENT.clientId,
      hasClientSecret: false,
      configuredBy: 'environment',
      ways: ['device'],
    });
    await expect(configure(OAUTH_APP_CLIENT.clientId)).rejects.toMatchObject({ code: 'bad_input' });
    lab = await lab.restart({ client: null });
    expect(await view()).toMatchObject({ clientId: SECRET_CLIENT.clientId, configuredBy: 'person' });
  });
});
