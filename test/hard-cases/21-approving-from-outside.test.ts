import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { type BrowserContext, type Browser as Chromium, chromium } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readControlKey } from '../../src/main/http/control-key.ts';
import { callRunningApp } from '../../src/main/http/socket-client.ts';
import type { ApprovalView } from '../../src/shared/client-views.ts';
import { type RunningApp, startApp } from '../support/app.ts';
import { chromiumOptions } from '../support/chromium.ts';
import { authorizationRequest, numberOn, openApprovalPage, openBrowser, register } from '../support/oauth-client.ts';
import { asOrdinaryUser } from '../support/ordinary-user.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { openWebSession, type WebSession } from '../support/web-session.ts';

const run = promisify(execFile);

/** Nobody but the contract's doors can approve: each attempt knows all there is to know, the right number included. */
describe('a request that waits for the person', () => {
  let app: RunningApp;
  let session: WebSession;
  let issuer: string;
  beforeAll(async () => {
    app = await startApp({ env: { REGISTRATIONS_PER_HOUR: '100' } });
    issuer = app.ready.issuer;
    session = await openWebSession(app.ready.ui);
  });
  afterAll(() => app.stop());

  /** As the person's own web UI asks. */
  const call = async (name: string, input: object, method: 'GET' | 'POST' = 'GET') => {
    const search = method === 'GET' ? `?input=${encodeURIComponent(JSON.stringify(input))}` : '';
    const answer = await fetch(`${session.address}/ui/api/${name}${search}`, {
      method,
      headers: { ...session.headers, 'content-type': 'application/json' },
      ...(method === 'POST' ? { body: JSON.stringify(input) } : {}),
    });
    expect(answer.status).toBe(200);
    return answer.json();
  };
  const approvals = (): Promise<ApprovalView[]> => call('approvals.list', {});

  const newRequest = async () => {
    const { body } = await register(issuer);
    const { url } = authorizationRequest(issuer, { clientId: body.client_id });
    const find = async () => (await approvals()).find(({ client }) => client.id === body.client_id);
    return { url, find };
  };

  /** It waits as before: nobody has approved, denied or guessed; and the person still can say yes. */
  const expectUntouched = async (request: Awaited<ReturnType<typeof newRequest>>, number: number) => {
    const waiting = await request.find();
    expect(waiting).toMatchObject({ state: 'waiting', triesLeft: 2 });
    const answer = { id: waiting?.id, number, rememberMs: null };
    expect(await call('approvals.approve', answer, 'POST')).toMatchObject({ state: 'approved' });
  };

  describe('in a browser where the person is signed in, with a page of elsewhere', () => {
    let chrome: Chromium;
    let evil: Server;
    let evilOrigin: string;
    let context: BrowserContext;
    beforeAll(async () => {
      chrome = await chromium.launch(chromiumOptions());
      context = await chrome.newContext();
      const ui = await context.newPage();
      await ui.goto((await callRunningApp(app.dataDir, 'app.open', {})).url ?? '');
      await ui.getByRole('navigation').waitFor();
      // Another port of this machine: to the browser the same site, so it sends all cookies along.
      evil = createServer((_request, response) => {
        response.writeHead(200, { 'content-type': 'text/html' });
        response.end('<!doctype html><title>A harmless page</title>');
      });
      await once(evil.listen(0, '127.0.0.1'), 'listening');
      evilOrigin = `http://127.0.0.1:${(evil.address() as AddressInfo).port}`;
    });
    afterAll(async () => {
      await chrome.close();
      evil.close();
    });
    afterEach(async () => {
      await Promise.all(context.pages().map((page) => page.close()));
    });
    /** The person's tab with the number, and a page that means harm beside it. */
    async function openBoth() {
      const request = await newRequest();
      const own = await context.newPage();
      const shown = await own.goto(request.url);
      expect(shown?.headers()).toMatchObject({
        'x-frame-options': 'DENY',
        'content-security-policy': expect.stringContaining("frame-ancestors 'none'"),
      });
      const number = Number(await own.locator('#approval-number').textContent());
      const page = await context.newPage();
      await page.goto(evilOrigin);
      return { request, own, number, page, address: own.url() };
    }

    it.each(['iframe', 'embed', 'object'])('is not shown in a hidden %s', async (tag) => {
      const { request, number, page, address } = await openBoth();
      const answers = new Map<string, number>();
      page.on('response', (response) => answers.set(response.url(), response.status()));
      const targets = [address, request.url, `${address}/continue`];
      await page.evaluate(
        ({ tag, targets }) => {
          const loaded = targets.map((target) => {
            const frame = document.createElement(tag);
            frame.setAttribute(tag === 'object' ? 'data' : 'src', target);
            frame.style.opacity = '0';
            document.body.append(frame);
            return new Promise((done) => {
              frame.addEventListener('load', done);
              frame.addEventListener('error', done);
            });
          });
          return Promise.all(loaded).then(() => {});
        },
        { tag, targets },
      );
      for (const target of targets) expect(answers.get(target)).toBe(403);
      for (const frame of page.frames()) {
        // An object whose content is refused is taken out again.
        expect(await frame.content().catch(() => 'gone')).not.toContain('approval-number');
      }
      await expectUntouched(request, number);
    });

    it('is not approved, and its number not read, by a script', async () => {
      const { request, number, page, address } = await openBoth();
      const id = (await request.find())?.id ?? '';
      const input = { id, number, rememberMs: null };
      const query = `?input=${encodeURIComponent(JSON.stringify({ id }))}`;
      const attempts = ['POST', 'GET', 'PUT'].flatMap((method) =>
        [
          `${issuer}/ui/api/approvals.approve`,
          `${issuer}/ui/api/approvals.numbers${query}`,
          `${issuer}/ui/api/approvals.list`,
          `${issuer}/ui/api/clients.revokeAll`,
          `${issuer}/ui/session`,
          address,
          `${address}/state`,
          `${address}/continue`,
          `${address}/approve?number=${number}`,
        ].map((url) => ({ method, url })),
      );

      const read = await page.evaluate(
        async ({ attempts, body }) => {
          const texts: string[] = [];
          for (const { method, url } of attempts) {
            const variants: RequestInit[] = [
              { mode: 'cors', headers: { 'content-type': 'application/json', 'x-trackeep-key': 'guessed' } },
              { mode: 'cors', headers: { 'content-type': 'text/plain' } },
              ...(method === 'PUT' ? [] : [{ mode: 'no-cors' } as const]),
            ];
            for (const variant of variants) {
              const init: RequestInit = {
                method,
                credentials: 'include',
                signal: AbortSignal.timeout(500),
                ...variant,
              };
              if (method !== 'GET') init.body = body;
              try {
                texts.push(await (await fetch(url, init)).text());
              } catch {
                // Refused by the browser itself, on our word.
              }
            }
          }
          return texts.filter((text) => text !== '');
        },
        { attempts, body: JSON.stringify(input) },
      );
      expect(read).toEqual([]);
      await expectUntouched(request, number);
    });

    it('is not approved by a form that the page sends by itself', async () => {
      const { request, number, page, address } = await openBoth();
      const id = (await request.find())?.id ?? '';
      for (const action of [address, `${address}/continue`, `${issuer}/ui/api/approvals.approve`]) {
        await page.goto(evilOrigin);
        const [answer] = await Promise.all([
          page.waitForResponse((response) => response.url() === action),
          page.waitForURL(action),
          page.evaluate(
            ({ action, fields }) => {
              const form = document.createElement('form');
              Object.assign(form, { method: 'post', action });
              for (const [name, value] of Object.entries(fields)) {
                const field = document.createElement('input');
                Object.assign(field, { name, value });
                form.append(field);
              }
              document.body.append(form);
              form.submit();
            },
            { action, fields: { id, number: String(number), approve: 'yes' } },
          ),
        ]);
        expect(answer.status()).toBe(403);
      }
      await expectUntouched(request, number);
    });

    it('is not approved by leading the whole tab on to the end', async () => {
      const { request, number, page, address } = await openBoth();
      await page.evaluate((url) => location.assign(url), `${address}/continue`);
      await page.waitForURL(address);
      expect(Number(await page.locator('#approval-number').textContent())).toBe(number);
      await expectUntouched(request, number);
    });

    it('lets no page listen to what the app tells its own', async () => {
      const { request, number, page } = await openBoth();
      const heard = await page.evaluate(
        (url) =>
          new Promise<string>((done) => {
            const source = new EventSource(url, { withCredentials: true });
            source.onopen = () => done('open');
            source.onerror = () => done('refused');
          }),
        `${issuer}/ui/events`,
      );
      expect(heard).toBe('refused');
      await expectUntouched(request, number);
    });
  });

  describe('with a program that has the very cookie of the page, by curl', () => {
    /** @returns status and body; every attempt sends and keeps the cookies of `jar` */
    async function curl(jar: string, ...args: string[]): Promise<{ status: number; text: string }> {
      const { stdout } = await run('curl', ['-sS', '-b', jar, '-c', jar, '-w', '\n%{http_code}', ...args]);
      const cut = stdout.lastIndexOf('\n');
      return { status: Number(stdout.slice(cut + 1)), text: stdout.slice(0, cut) };
    }

    it('is not approved by anything that can be sent to it', async () => {
      const jar = join(temporaryFolder(), 'cookies');
      const request = await newRequest();
      const { stdout } = await run('curl', [
        '-sS',
        '-L',
        '-b',
        jar,
        '-c',
        jar,
        '-w',
        '\n%{url_effective}',
        request.url,
      ]);
      const page = stdout.slice(stdout.lastIndexOf('\n') + 1);
      const number = numberOn(stdout);
      const id = (await request.find())?.id ?? '';
      const input = JSON.stringify({ id, number, rememberMs: null });

      const own = ['-H', `Origin: ${issuer}`, '-H', 'Sec-Fetch-Site: same-origin'];
      const steps = ['', '/', '/state', '/continue', '/approve', `/${number}`, '/confirm', '/login', '/abort'];
      const everywhere = steps.flatMap((step) => ['-o', '/dev/null', `${page}${step}`]);
      for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE']) {
        const form = ['-X', method, '-d', `number=${number}&approve=yes&prompt=consent&login=1`];
        const answer = await run('curl', ['-sS', '-b', jar, '-w', '%{http_code} ', ...own, ...form, ...everywhere]);
        expect(answer.stdout).toMatch(/^(?:4\d\d ){9}$/);
      }
      const override = ['-H', 'X-HTTP-Method-Override: POST', '-H', 'X-Original-URL: /ui/api/approvals.approve'];
      for (const query of [`?number=${number}`, '?state=approved', '?consent=yes', '/../../ui/api/approvals.approve']) {
        await curl(jar, ...own, ...override, '--path-as-is', `${page}/continue${query}`);
      }

      // Nor by the contract's own door, with one half of the person's session, which any local web server is sent.
      const sent = [...own, '-H', 'Content-Type: application/json', '-d', input];
      const halves = [
        ['-H', 'X-Trackeep-Key: guessed'],
        ['-H', `X-Trackeep-Key: ${session.headers['x-trackeep-key']}`],
        ['-H', `Cookie: ${session.headers.cookie}`],
      ];
      for (const name of ['approvals.approve', 'approvals.deny', 'clients.revokeAll', 'app.open', 'no.such.thing']) {
        for (const half of halves) {
          const { status, text } = await curl(jar, ...sent, ...half, `${issuer}/ui/api/${name}`);
          expect({ name, status, error: JSON.parse(text).error }).toEqual({
            name,
            status: 401,
            error: 'session_required',
          });
        }
      }
      await expectUntouched(request, number);
    });
  });

  // Only root can become somebody else.
  describe.runIf(process.getuid?.() === 0)('with another user of the machine', () => {
    interface Outcome {
      uid: number;
      folder: string;
      key: string;
      database: string;
      socket: string;
      [attempt: string]: unknown;
    }

    async function attack(mode: number): Promise<Outcome> {
      const request = await newRequest();
      const { page, url } = await openApprovalPage(openBrowser(), request.url);
      const number = numberOn(page);
      const folder = temporaryFolder();
      const socketPath = readControlKey(app.dataDir)?.path ?? '';
      expect(socketPath).not.toBe('');
      const approval = { id: (await request.find())?.id, number, page: url };
      const remembered = await rememberedRequest();
      const target = { dataDir: app.dataDir, socketPath, issuer, approval, remembered };
      writeFileSync(join(folder, 'target.json'), JSON.stringify(target));
      chmodSync(app.dataDir, mode);
      try {
        const script = resolve(import.meta.dirname, '../support/second-user-child.ts');
        const outcome: Outcome = JSON.parse(await asOrdinaryUser(folder, 0o700, script));
        expect(outcome.uid).not.toBe(process.getuid?.());
        await expectUntouched(request, number);
        return outcome;
      } finally {
        chmodSync(app.dataDir, 0o700);
      }
    }

    /** A client's id is no secret: other users see it on the command line that opens the browser. */
    async function rememberedRequest(): Promise<string> {
      const asked = await newRequest();
      const browser = openBrowser();
      const { page, url } = await openApprovalPage(browser, asked.url);
      const answer = { id: (await asked.find())?.id, number: numberOn(page), rememberMs: 3_600_000 };
      await call('approvals.approve', answer, 'POST');
      await browser.follow(`${url}/continue`);
      const again = await openBrowser().follow(asked.url);
      expect(again.away?.searchParams.has('code')).toBe(true);
      return asked.url;
    }

    const overHttp = {
      contract: { status: 401 },
      numbers: { status: 401 },
      list: { status: 401 },
      page: { status: 400 },
      state: { status: 404 },
      proceed: { status: 400 },
      post: { status: 405 },
      remembered: { status: 200, away: null },
    };

    it('is out of reach: neither the folder nor the socket opens, and no page answers', async () => {
      const outcome = await attack(0o700);
      const closed = { folder: 'EACCES', key: 'EACCES', database: 'EACCES', socket: 'EACCES' };
      expect(outcome).toMatchObject({ ...closed, ...overHttp });
    });

    it('is out of reach also where somebody has opened the folder', async () => {
      const outcome = await attack(0o755);
      const closed = { folder: 'done', key: 'EACCES', database: 'EACCES', socket: 'EACCES' };
      expect(outcome).toMatchObject({ ...closed, ...overHttp });
    });
  });
});
