import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refusals, SECRET_CLIENT } from '../../src/main/demo/emulated-github.ts';
import type { ConnectionsLab, ConnectionsLabOptions } from '../support/connections-lab.ts';
import { openConnectionsLab } from '../support/connections-lab.ts';
import { type HttpDoor, openHttpDoor } from '../support/http-door.ts';

const MINUTE_MS = 60_000;
const CONVERSION = 'POST /app-manifests/*/conversions';

let lab: ConnectionsLab;
let door: HttpDoor;

const open = async (options: ConnectionsLabOptions = {}) => {
  lab = await openConnectionsLab({ client: null, ...options });
  door = await openHttpDoor({}, { githubApps: lab.connections.githubApps });
};
beforeEach(() => open());
afterEach(async () => {
  await door[Symbol.asyncDispose]();
  await lab.close();
});

/** The lab's addresses name the usual port; the listener has a free one. */
const here = (url: string) => {
  const { pathname, search } = new URL(url);
  return `${door.address}${pathname}${search}`;
};

const visit = async (url: string) => {
  const answer = await fetch(here(url), { headers: { accept: 'text/html', 'sec-fetch-site': 'cross-site' } });
  return { status: answer.status, headers: answer.headers, text: await answer.text() };
};

const create = (name = 'My agents', organisation: string | null = null) =>
  lab.connections.githubApps.create({ name, organisation });

/** What a browser sends when the form of this page is sent. */
const formOf = (text: string) => {
  const plain = (value: string) => value.replaceAll('&quot;', '"').replaceAll('&amp;', '&');
  const action = plain(/action="([^"]*)"/.exec(text)?.[1] ?? '');
  const manifest = plain(/name="manifest" value="([^"]*)"/.exec(text)?.[1] ?? '');
  return { action, manifest };
};

/** The person confirms at GitHub. @returns where GitHub sends the browser */
const confirm = async (pageUrl: string) => {
  const { action, manifest } = formOf((await visit(pageUrl)).text);
  const answer = await fetch(action, {
    method: 'POST',
    body: new URLSearchParams({ manifest, decision: 'create' }),
    redirect: 'manual',
  });
  return answer.headers.get('location') ?? `no redirect: ${answer.status}`;
};

describe('the page that takes the person to GitHub', () => {
  it('holds a form for exactly that GitHub, with a button, that sends itself by the one script it may run', async () => {
    const { url } = await create();
    const { status, headers, text } = await visit(url);
    expect(status).toBe(200);
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).toContain(`form-action ${lab.github.url};`.slice(0, -1));
    expect(policy).toMatch(/^default-src 'none'/);
    expect(policy).toMatch(/script-src 'sha256-[^']+'(;| )/);
    expect(headers.get('referrer-policy')).toBe('strict-origin');
    expect(text).toContain('<button');
    expect(text).toContain('document.forms[0].submit();');
    const { action, manifest } = formOf(text);
    expect(action).toMatch(new RegExp(`^${lab.github.url}/settings/apps/new\\?state=[\\w-]{43}$`));
    expect(JSON.parse(manifest)).toMatchObject({
      name: 'My agents',
      redirect_url: 'http://127.0.0.1:9090/oauth/callback/github-app',
      callback_urls: ['http://127.0.0.1:9090/oauth/callback/github'],
      public: false,
      hook_attributes: { active: false },
    });
  });

  it('leads to the organisation that shall own the app', async () => {
    const { action } = formOf((await visit((await create('Bots', 'octo-org')).url)).text);
    expect(action).toContain(`${lab.github.url}/organizations/octo-org/settings/apps/new?state=`);
  });

  it('stays text, whatever the app is called', async () => {
    const { text } = await visit((await create('"><script>alert(1)</script>')).url);
    expect(text).not.toContain('<script>alert');
  });

  it('is not there for a made-up address, nor after an hour, nor after the app was made', async () => {
    const { url } = await create();
    expect((await visit('http://x/github-app/new/made-up')).status).toBe(404);
    await visit(await confirm(url));
    expect((await visit(url)).status).toBe(404);
    const second = await create('Other');
    lab.clock.jump(60 * MINUTE_MS);
    expect((await visit(second.url)).status).toBe(404);
  });
});

describe('a new app', () => {
  it('comes into the vault with all its secrets, and into no page, view, log or file in the clear', async () => {
    const { status, text } = await visit(await confirm((await create()).url));
    expect(status).toBe(200);
    expect(text).toContain('The app “My agents” is yours');
    const [app] = await lab.connections.githubApps.list();
    expect(app).toMatchObject({ name: 'My agents', slug: 'my-agents', owner: 'octocat', connectionIds: [] });
    expect(text).toContain(app?.installUrl);

    const row = await lab.db.selectFrom('github_apps').selectAll().executeTakeFirstOrThrow();
    const place = (column: string) => ({ table: 'github_apps', row: `${row.host} ${row.id}`, column });
    const registered = [...lab.github.apps.apps.values()][0];
    expect(await lab.vault.open(place('sealed_private_key'), row.sealed_private_key)).toBe(registered?.privateKey);
    expect(await lab.vault.open(place('sealed_client_secret'), row.sealed_client_secret ?? '')).toBe(
      registered?.clientSecret,
    );
    expect(await lab.vault.open(place('sealed_webhook_secret'), row.sealed_webhook_secret ?? '')).toBe(
      registered?.webhookSecret,
    );
    expect(await lab.connections.githubApps.hasWebhookSecrets()).toBe(true);
    expect(await lab.connections.githubApps.webhookSecrets()).toEqual([registered?.webhookSecret]);
    const everything = [text, JSON.stringify([app, row]), ...lab.log].join('\n');
    for (const secret of lab.github.apps.everything()) expect(everything).not.toContain(secret);
  });

  it('is a connection as soon as GitHub sends the person back from installing it', async () => {
    await visit(await confirm((await create()).url));
    const [app] = await lab.connections.githubApps.list();
    const installed = await fetch(app?.installUrl ?? '', { method: 'POST', redirect: 'manual' });
    expect((await visit('http://x/github-app/installed?installation_id=4711')).text).toContain('does not see');
    expect((await visit('http://x/github-app/installed?installation_id=<b>')).text).toContain('does not see');
    expect(await lab.connections.list()).toEqual([]);
    const { text } = await visit(installed.headers.get('location') ?? '');
    expect(text).toContain('The app is installed in octocat');
    const [connection] = await lab.connections.list();
    expect(connection).toMatchObject({ kind: 'app_installation', login: 'octocat', permissions: { contents: 'read' } });
  });

  it('becomes the app for sign-ins of a person who had none, and works as that', async () => {
    await visit(await confirm((await create()).url));
    const flow = await lab.connectByBrowser();
    expect(flow).toMatchObject({ state: 'connected', login: 'octocat' });
  });

  it('leaves the app for sign-ins alone where there is one', async () => {
    await lab.connections.configure({ platform: 'github', clientId: SECRET_CLIENT.clientId });
    await visit(await confirm((await create()).url));
    const [github] = await lab.connections.providers();
    expect(github?.clientId).toBe(SECRET_CLIENT.clientId);
  });
});

describe('what comes back from GitHub otherwise', () => {
  const callback = (query: string) => visit(`http://x/oauth/callback/github-app?${query}`);

  const refused = async (query: string, words: string | RegExp) => {
    const { status, text } = await callback(query);
    expect(status).toBe(400);
    expect(text).toContain('The app is not here');
    expect(text).not.toContain('is yours');
    expect(text).toMatch(words);
  };

  it.each([
    ['a forged state', 'code=abc&state=forged'],
    ['no state', 'code=abc'],
    ['two states', 'code=abc&state=a&state=b'],
    ['nothing at all', ''],
  ])('is refused for %s, and nobody is asked', async (_what, query) => {
    await create();
    await refused(query, 'is not known here');
    expect(lab.github.count(CONVERSION)).toBe(0);
  });

  it('is refused the second time, and keeps the app of the first', async () => {
    const back = new URL(await confirm((await create()).url));
    await visit(back.href);
    await refused(back.search.slice(1), 'is not known here');
    expect(await lab.connections.githubApps.list()).toHaveLength(1);
    expect(lab.github.count(CONVERSION)).toBe(1);
  });

  it('is refused after an hour', async () => {
    const back = new URL(await confirm((await create()).url));
    lab.clock.jump(60 * MINUTE_MS);
    await refused(back.search.slice(1), 'is not known here');
  });

  it('is refused with the state of a sign-in, which stays good', async () => {
    await door[Symbol.asyncDispose]();
    await lab.close();
    await open({ client: SECRET_CLIENT });
    const flow = await lab.begin('web');
    const state = new URL(flow.authorizationUrl ?? '').searchParams.get('state');
    await refused(`code=abc&state=${state}`, 'is not known here');
    const back = await lab.connections.callback('github', await lab.browse(flow));
    expect(back).toMatchObject({ state: 'connected' });
  });

  it('is refused with a code that was exchanged by somebody else', async () => {
    const back = new URL(await confirm((await create()).url));
    const code = back.searchParams.get('code');
    await fetch(`${lab.github.url}/app-manifests/${code}/conversions`, { method: 'POST' });
    await refused(back.search.slice(1), 'GitHub no longer knows this app');
    expect(await lab.connections.githubApps.list()).toEqual([]);
  });

  it('says that the person declined', async () => {
    const { action } = formOf((await visit((await create()).url)).text);
    const state = new URL(action).searchParams.get('state');
    await refused(`error=access_denied&state=${state}`, 'declined at GitHub');
  });

  it('is refused for GitHub’s 422', async () => {
    const back = new URL(await confirm((await create()).url));
    lab.github.fail({ match: CONVERSION, answer: { status: 422, body: '{"message":"Validation Failed"}' } });
    await refused(back.search.slice(1), 'did not hand over the new app');
  });

  it.each([
    ['trouble of GitHub’s own', refusals.serverError()],
    ['a proxy’s page', 'html' as const],
    ['a cut connection', 'reset' as const],
  ])('loses nothing by %s: the page is loaded again', async (_what, answer) => {
    const back = new URL(await confirm((await create()).url));
    lab.github.fail({ match: CONVERSION, times: 1, answer });
    await refused(back.search.slice(1), 'reload this page');
    expect((await visit(back.href)).status).toBe(200);
    expect(await lab.connections.githubApps.list()).toHaveLength(1);
  });

  it('keeps an app that could not be written at once: its code works only once', async () => {
    const back = new URL(await confirm((await create()).url));
    await lab.db.schema.alterTable('github_apps').renameTo('away').execute();
    expect((await visit(back.href)).status).toBeGreaterThanOrEqual(400);
    await lab.db.schema
      .alterTable('away' as 'github_apps')
      .renameTo('github_apps')
      .execute();
    expect((await visit(back.href)).status).toBe(200);
    expect(lab.github.count(CONVERSION)).toBe(1);
  });
});
