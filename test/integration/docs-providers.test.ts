import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/main/core/clock.ts';
import { ProviderSettings, readProviders } from '../../src/main/core/config/provider-settings.ts';
import { type EmulatedGitHub, startEmulatedGitHub } from '../../src/main/demo/emulated-github.ts';
import { DEMO_CLIENT, OAUTH_APP_CLIENT, SECRET_CLIENT } from '../../src/main/demo/oauth-clients.ts';
import type { ConnectionView, Platform, ProviderView } from '../../src/shared/connection-views.ts';
import { PLATFORM_NAMES } from '../../src/shared/platforms.ts';
import { cleanEnvironment, type RunningApp, startApp } from '../support/app.ts';
import { visitProvider } from '../support/atlassian-lab.ts';
import { CLI, listenTo } from '../support/cli-room.ts';
import { ATLASSIAN_APP, type FakeAtlassian, startFakeAtlassian } from '../support/fake-atlassian.ts';
import { type FakeHq, startFakeHq } from '../support/fake-hq.ts';
import { type FakeSlack, SLACK_PUBLIC_APP, startFakeSlack } from '../support/fake-slack.ts';

const TEXT = readFileSync(resolve(import.meta.dirname, '../../docs/providers.md'), 'utf8');
/** Where the providers are when nothing else is set. */
const USUAL = readProviders(ProviderSettings.parse({}));
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/** How the document writes lengths of time. */
const UNITS: Readonly<Record<string, number>> = { hour: HOUR_MS, day: DAY_MS, month: 30.5 * DAY_MS };

/** What stands under a heading, up to the next of the same depth. */
function under(heading: string): string {
  const [, text] = TEXT.split(new RegExp(`^${heading}$`, 'm'));
  if (text === undefined) throw new Error(`The document has no "${heading}".`);
  const depth = heading.split(' ')[0];
  return text.split(new RegExp(`^#{1,${depth?.length}} `, 'm'))[0] ?? '';
}

/** A row of the table of a provider. */
function row(platform: Platform, name: string): string {
  const found = new RegExp(`^\\| ${name} \\| (.*) \\|$`, 'm').exec(under(`## ${PLATFORM_NAMES[platform]}`))?.[1];
  if (found === undefined) throw new Error(`The document says nothing of "${name}" at ${platform}.`);
  return found;
}

const codes = (text: string) => [...text.matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? '');
const links = (text: string) => [...text.matchAll(/\]\(([^)]+)\)/g)].map(([, link]) => link ?? '');
const scopesNamed = (platform: Platform) => codes(row(platform, 'Asked for'));

/** Every length of time that a text names, ms; "an hour" is one. */
function lengths(text: string): number[] {
  const found = [...text.matchAll(/\b(\d+|an) (hour|day|month)s?\b/g)];
  return found.map(([, count, unit]) => (count === 'an' ? 1 : Number(count)) * (UNITS[unit ?? ''] ?? Number.NaN));
}

/** A command of the document as words, without its name and its remark. */
function command(line: string): string[] {
  const words = [...line.replace(/\s+#.*$/, '').matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, word]) => quoted ?? word);
  expect(words.shift()).toBe('trackeep');
  return words.map(String);
}

const [SET_UP = '', CONNECT = ''] = codes(TEXT.split(/^## /m)[0] ?? '').filter((code) => code.startsWith('trackeep '));
const ADDRESSES = codes(under('## GitHub Enterprise and other addresses'));

describe('docs/providers.md, followed to the letter', () => {
  let app: RunningApp;
  let folder: string;
  let github: EmulatedGitHub;
  let atlassian: FakeAtlassian;
  let slack: FakeSlack;
  let hq: FakeHq;
  const running = new AsyncDisposableStack();

  beforeAll(async () => {
    const clock = systemClock();
    github = await startEmulatedGitHub({ clock, releases: [], intervalSeconds: 1 });
    running.defer(() => github.close());
    atlassian = await startFakeAtlassian({ clock, redirectUri: '' });
    running.defer(() => atlassian.close());
    slack = await startFakeSlack({ clock, redirectUri: '' });
    running.defer(() => slack.close());
    hq = await startFakeHq({ clock });
    running.defer(() => hq.close());
    const servers: Readonly<Record<string, string>> = {
      ...{ GITHUB: github.url, JIRA: atlassian.url, SLACK: slack.url, HQ: hq.url },
    };
    const env = Object.fromEntries(ADDRESSES.map((name) => [name, servers[name.split('_')[0] ?? ''] ?? '']));
    app = await startApp({ env: { ...env, AUTO_UPDATE_CHECK: 'no' } });
    running.defer(() => app.stop());
    folder = await mkdtemp(join(tmpdir(), 'trackeep-docs-'));
    running.defer(() => rm(folder, { recursive: true }));
  });
  afterAll(() => running.disposeAsync());

  /** Starts a command in a folder of its own, on the app of this test. */
  function start(...words: string[]) {
    const child = spawn(process.execPath, [CLI, ...words, '--data', app.dataDir], {
      ...{ cwd: folder, env: cleanEnvironment() },
    });
    return { child, heard: listenTo(child), closed: once(child, 'close') };
  }

  /** Types a command and waits for its end, which has to be a good one unless told. */
  async function type(words: string[], input = '', ends = 0): Promise<string> {
    const { child, heard, closed } = start(...words);
    child.stdin.end(input);
    const [code] = await closed;
    expect(code, heard.text()).toBe(ends);
    return heard.text();
  }

  /** `trackeep provider NAME --client-id ID [--client-secret-stdin]`; what is in brackets only with a secret. */
  function setUp(platform: Platform, id: string, secret: string | null, ends = 0): Promise<string> {
    const line = secret === null ? SET_UP.replace(/ \[[^\]]*\]/, '') : SET_UP.replace(/[[\]]/g, '');
    return type(command(line.replace('NAME', platform).replace(/\bID\b/, id)), `${secret ?? ''}\n`, ends);
  }

  /** `trackeep connect NAME`, with the person's part by a browser or by a code. @returns the page they were sent to */
  async function connect(platform: Platform): Promise<URL> {
    const { child, heard, closed } = start(...command(CONNECT.replace('NAME', platform)));
    child.stdin.end();
    await heard.said('\n');
    const shown = () => /https?:\/\/\S+/.exec(heard.text())?.[0];
    await expect.poll(shown, { timeout: 10_000 }).toBeDefined();
    const page = new URL(shown() ?? '');
    const [userCode] = /[A-Z0-9]{4}-[A-Z0-9]{4}/.exec(heard.text().replace(/https?:\S+/g, '')) ?? [];
    if (userCode !== undefined) expect(github.approve(userCode)).toBe(true);
    else {
      const back = page.searchParams.get('redirect_uri') ?? '';
      const answer = await visitProvider(page.href, {});
      const address = new URL(back);
      for (const [name, value] of answer) address.searchParams.set(name, value);
      expect((await fetch(address)).status).toBe(200);
    }
    const [code] = await closed;
    expect(code, heard.text()).toBe(0);
    return page;
  }

  const provider = async (platform: Platform): Promise<ProviderView> =>
    JSON.parse(await type(['provider', platform, '--json']));
  const accounts = async (platform: Platform): Promise<ConnectionView[]> => {
    const { connections } = JSON.parse(await type(['status', '--json']));
    return connections.filter((connection: ConnectionView) => connection.platform === platform);
  };
  const token = (...words: string[]) => type(['token', ...words]).then((text) => text.trim());

  /** An address of this app as it is on the usual port, which the document writes. */
  const usual = (address: string) => address.replace(`:${new URL(app.ready.issuer).port}/`, ':9090/');
  const callback = (platform: Platform) => codes(row(platform, 'Callback'))[0];

  /** How long an account's tokens live, rounded as people say it: to hours, to days. */
  function lifetimes({ tokenSince, accessExpiresAt, refreshExpiresAt }: ConnectionView) {
    const since = Date.parse(tokenSince ?? '');
    const from = (end: string | null, unit: number) =>
      end === null ? null : Math.round((Date.parse(end) - since) / unit) * unit;
    return { access: from(accessExpiresAt, HOUR_MS), refresh: from(refreshExpiresAt, DAY_MS) };
  }

  /** What the callback address and the scopes of a web sign-in must be: what the document says. */
  async function expectAsDocumented(platform: Platform, page: URL) {
    const view = await provider(platform);
    expect(usual(view.callbackUrl)).toBe(callback(platform));
    expect(usual(page.searchParams.get('redirect_uri') ?? '')).toBe(callback(platform));
    expect(view.scopes.map(({ name }) => name)).toEqual(scopesNamed(platform));
    const asked = page.searchParams.get('user_scope') ?? page.searchParams.get('scope') ?? '';
    expect(asked.split(/[ ,]/)).toEqual(scopesNamed(platform));
  }

  it('names every address that can be set, and every provider', () => {
    expect(ADDRESSES.toSorted()).toEqual(
      Object.keys(ProviderSettings.shape)
        .filter((name) => /_URL$/.test(name))
        .toSorted(),
    );
    const headings = [...TEXT.matchAll(/^## (.+)$/gm)].map(([, heading]) => heading);
    expect(headings).toEqual([...Object.values(PLATFORM_NAMES), 'GitHub Enterprise and other addresses']);
    for (const name of codes(TEXT).filter((code) => /^[A-Z]+_CLIENT_ID$/.test(code))) {
      expect(Object.keys(ProviderSettings.shape)).toContain(name);
    }
  });

  it('leads to the pages where the app itself leads to', async () => {
    for (const platform of ['github', 'jira', 'slack'] as const) {
      const { registrationUrl } = await provider(platform);
      const page = registrationUrl.replace(/\?.*$/, '').replace(github.url, USUAL.github.url);
      expect(links(row(platform, 'Where'))).toEqual([page]);
    }
    const manifest = new URL((await provider('slack')).registrationUrl).searchParams.get('manifest_json') ?? '';
    const { redirect_urls: addresses, scopes } = JSON.parse(manifest).oauth_config;
    expect(addresses.map(usual)).toEqual([callback('slack')]);
    expect(scopes).toEqual({ user: scopesNamed('slack') });
  });

  it('has what is entered checked with the provider at once', async () => {
    expect(TEXT).toContain('What is entered is checked with the provider at once');
    for (const platform of ['github', 'slack'] as const) {
      expect(await setUp(platform, '4711', null, 1)).toContain('Check the client ID and secret of your app.');
      expect((await provider(platform)).clientId).toBe(null);
    }
  });

  it('GitHub: a code needs no secret, and its tokens live as long as it says', async () => {
    expect(row('github', 'Secret')).toMatch(/^not needed for signing in by code; needed for the browser/);
    await setUp('github', DEMO_CLIENT.clientId, null);
    expect((await provider('github')).ways).toEqual(['device']);
    await connect('github');
    const [account] = await accounts('github');
    const [access = 0, refresh = 0] = lengths(row('github', 'Expires'));
    const lives = lifetimes(account as ConnectionView);
    expect(lives.access).toBe(access);
    // GitHub counts its six months in days.
    expect(Math.round((lives.refresh ?? 0) / (UNITS.month ?? 1))).toBe(Math.round(refresh / (UNITS.month ?? 1)));

    expect(row('github', 'Secret')).toContain('and for revoking a token at GitHub');
    const text = await token('github');
    await type(['disconnect', 'github', '--yes']);
    expect(await accepts(text)).toBe(true);
  });

  it('GitHub: with a secret the browser works, and a token is revoked at GitHub', async () => {
    await setUp('github', SECRET_CLIENT.clientId, SECRET_CLIENT.clientSecret ?? '');
    const view = await provider('github');
    expect(view.ways).toContain('web');
    expect(usual(view.callbackUrl)).toBe(callback('github'));
    await connect('github');
    const text = await token('github');
    expect(await accepts(text)).toBe(true);
    await type(['disconnect', 'github', '--yes']);
    expect(await accepts(text)).toBe(false);
  });

  it('GitHub: an OAuth app is asked for the scope of the document, and its token does not end', async () => {
    expect(row('github', 'Asked for')).toMatch(/`[^`]+` from an OAuth app/);
    expect(row('github', 'Expires')).toMatch(/an OAuth app's token does not$/);
    await setUp('github', OAUTH_APP_CLIENT.clientId, null);
    expect((await provider('github')).scopes.map(({ name }) => name)).toEqual(scopesNamed('github'));
    await connect('github');
    const [account] = await accounts('github');
    expect(account).toMatchObject({ accessExpiresAt: null, scopes: scopesNamed('github') });
    await type(['disconnect', 'github', '--yes']);
  });

  it('GitHub Apps: create, import and sync as they stand there, with tokens of that lifetime', async () => {
    const text = under('### Installations of a GitHub App');
    const [create = '', load = '', sync = ''] = (/```sh\n([\s\S]*?)```/.exec(text)?.[1] ?? '').trim().split('\n');
    const made = await type(command(create));
    expect(made).toMatch(new RegExp(`${app.ready.issuer}/github-app/new/\\S+`));

    const other = github.apps.register({ name: 'Other', owner: 'hubot' });
    await writeFile(join(folder, 'app.pem'), other.privateKey);
    const numbered = (line: string) => command(line.replace('12345', String(other.id)));
    expect(await type(numbered(load))).toContain('The key is in the vault now');
    expect(load).toContain('offers to delete the file');
    github.apps.install(other, { login: 'hubot' });
    expect(await type(numbered(sync))).toMatch(/installed in +1 account/);
    const { expiresAt } = JSON.parse(await token('github', '--account', 'hubot', '--json'));
    const lives = Math.round((Date.parse(expiresAt) - Date.now()) / HOUR_MS) * HOUR_MS;
    expect(text).toContain('they live for an hour');
    expect(lengths('an hour')).toEqual([lives]);
  });

  it('Jira: nobody signs in without the secret; with it every site is an account, and all share one token', async () => {
    expect(row('jira', 'Secret')).toBe('needed, also for renewing');
    await setUp('jira', ATLASSIAN_APP.clientId, null, 2);
    expect((await provider('jira')).ways).toEqual([]);
    await setUp('jira', ATLASSIAN_APP.clientId, ATLASSIAN_APP.clientSecret);
    atlassian.redirectUri = (await provider('jira')).callbackUrl;
    await expectAsDocumented('jira', await connect('jira'));

    const sites = await accounts('jira');
    expect(sites.map(({ organisation }) => organisation?.name).sort()).toEqual(['acme', 'beta']);
    const [access, refresh] = lengths(row('jira', 'Expires'));
    for (const site of sites) expect(lifetimes(site)).toEqual({ access, refresh });

    const before = await token('jira', '--account', 'acme');
    await type(['refresh', 'acme']);
    const [acme, beta] = [await token('jira', '--account', 'acme'), await token('jira', '--account', 'beta')];
    expect([acme === before, acme === beta, atlassian.refreshes]).toEqual([false, true, 1]);
    await type(['disconnect', 'jira', 'acme', '--yes']);
    expect(await type(['disconnect', 'jira', 'beta', '--yes'])).toContain('Revoke it by hand: https://');
    expect(atlassian.accepts(beta)).toBe(true);
  });

  it('Slack: the client ID alone is enough with PKCE, by way of localhost, and as the person', async () => {
    expect(row('slack', 'Secret')).toMatch(/^not with PKCE switched on/);
    await setUp('slack', SLACK_PUBLIC_APP.clientId, null);
    slack.redirectUri = (await provider('slack')).callbackUrl;
    const page = await connect('slack');
    expect(row('slack', 'Asked for')).toMatch(/^as you, not as a bot/);
    expect(page.searchParams.has('scope')).toBe(false);
    await expectAsDocumented('slack', page);
    const [access, refresh] = lengths(row('slack', 'Expires'));
    const [account] = await accounts('slack');
    expect(lifetimes(account as ConnectionView)).toEqual({ access, refresh });
  });

  it('Trackeep HQ: needs no app, and its GitHub token is asked for anew when it runs out', async () => {
    expect(under('## Trackeep HQ')).toContain('Needs no app.');
    expect(links(under('## Trackeep HQ'))).toEqual([USUAL.hq.url]);
    expect((await provider('hq')).needsApp).toBe(false);
    hq.expiresAt = new Date(Date.now() + 1_000).toISOString();
    await connect('hq');
    const first = hq.secrets.at(-1);
    hq.expiresAt = undefined;
    const next = await token('hq');
    expect(next).not.toBe(first);
    expect(hq.secrets.at(-1)).toBe(next);
  });

  async function accepts(text: string): Promise<boolean> {
    const { status } = await fetch(`${github.apiUrl}/user`, { headers: { authorization: `Bearer ${text}` } });
    return status === 200;
  }
});
