import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { contract } from '../../src/shared/contract.ts';
import { connectByCode, connected, createGitHubDesk, type GitHubDesk } from '../support/desktop/github-desk.ts';
import { pictured } from '../support/desktop.ts';

let desk: GitHubDesk;
beforeEach(async () => {
  desk = await createGitHubDesk({ APP_VERSION: '1.2.5', TRACKEEP_LOG_LEVEL: 'debug' });
});
afterEach(() => desk.clear());

/** What a script in the page has of the app. */
interface LooseBridge {
  call(name: string, input: object): Promise<unknown>;
  subscribe(listener: (event: unknown) => void): void;
}

it('no token, code or secret reaches the window, a log or the output', async () => {
  const app = await desk.start();
  const page = await app.page();
  const names = { bridge: 'trackeep', heard: 'heard' };
  await page.evaluate(({ bridge, heard }) => {
    const events: unknown[] = [];
    Reflect.set(window, heard, events);
    const api: LooseBridge = Reflect.get(window, bridge);
    api.subscribe((event) => events.push(event));
  }, names);

  await connectByCode(page, desk.github);
  await app.sees('the feed was read', (recorded) => pictured(recorded) === 'update');
  const before = desk.github.secrets().length;
  await app.clickTray('Refresh now');
  await app.sees('a second token came', () => desk.github.secrets().length > before);
  await connected(app);

  const queries = Object.entries(contract).flatMap(([name, { kind }]) => (kind === 'query' ? [name] : []));
  const seen = await page.evaluate(
    async ({ bridge, heard, queries }) => {
      const api: LooseBridge = Reflect.get(window, bridge);
      const answers = await Promise.all(queries.map((name) => api.call(name, {})));
      return JSON.stringify([answers, Reflect.get(window, heard), document.documentElement.outerHTML]);
    },
    { ...names, queries },
  );
  await app.quit();

  const logs = join(desk.dataDir, 'logs');
  const written = readdirSync(logs).map((name) => readFileSync(join(logs, name), 'utf8'));
  const everything = [seen, app.output(), ...written].join('\n');
  expect(everything).toContain('octocat');
  const tokens = desk.github.secrets();
  expect(tokens.length).toBeGreaterThan(3);
  expect(tokens.filter((secret) => everything.includes(secret))).toEqual([]);
});
