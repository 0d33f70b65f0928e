import { createHmac } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { WEBHOOK_PATH } from '../../src/main/tracking/webhooks/webhooks.ts';
import { headersOf, openWebhookLab, payload, SECRET, type WebhookLab } from '../support/webhook-lab.ts';

const GITHUB_ID = 1296269;
const MB = 1024 * 1024;
const GATHERED_MS = 2_000;

/** A repository of ours that webhooks may come of. */
async function lab(options: { secret?: string | null } = {}) {
  const lab = await openWebhookLab(options);
  const next_look_at = lab.clock.now() + 3_600_000;
  const id = await lab.repository([await lab.account('octocat')], { github_id: GITHUB_ID, next_look_at });
  const row = () =>
    lab.db.selectFrom('tracked_repositories').selectAll().where('id', '=', id).executeTakeFirstOrThrow();
  return { ...lab, id, row, next_look_at };
}

const codeOf = async (answer: Response) => {
  const { error } = (await answer.json()) as { error: string };
  return [answer.status, error];
};

const nothingHappened = async ({ looks, clock, deliveries }: WebhookLab) => {
  await clock.advance(GATHERED_MS);
  expect(looks).toEqual([]);
  expect(await deliveries()).toEqual([]);
};

describe('a delivery', () => {
  it('makes its repository be looked at, after a moment in which more may come', async () => {
    const github = await lab();
    const body = payload(GITHUB_ID);
    const answer = await github.send(body, headersOf('push', body));
    expect(answer.status).toBe(202);
    expect(await answer.json()).toMatchObject({ new: true });
    const now = github.clock.now();
    expect(await github.row()).toMatchObject({ webhook_at: now, next_look_at: now + GATHERED_MS });
    expect(github.looks).toEqual([]);
    await github.clock.advance(GATHERED_MS);
    expect(github.looks).toEqual([[github.id]]);
    expect(await github.deliveries()).toMatchObject([{ event: 'push', received_at: now }]);
    expect(await github.webhooks.view()).toMatchObject({
      ...{ url: `${github.door.address}${WEBHOOK_PATH}`, hasSecret: true, channel: null, channelState: 'off' },
      lastDeliveryAt: new Date(now).toISOString(),
    });
  });

  it('counts once, however often it comes', async () => {
    const github = await lab();
    const headers = headersOf('push', payload(GITHUB_ID));
    const answers = await Promise.all(Array.from({ length: 5 }, () => github.send(payload(GITHUB_ID), headers)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 200, 202]);
    await github.clock.advance(GATHERED_MS);
    expect((await github.send(payload(GITHUB_ID), headers)).status).toBe(200);
    await github.clock.advance(GATHERED_MS);
    expect(github.looks).toEqual([[github.id]]);
    expect(await github.deliveries()).toHaveLength(1);
  });

  it('is one look with all that come in the same moment, of other repositories too, in whatever order', async () => {
    const github = await lab();
    const other = await github.repository([], { github_id: 7 });
    const events = ['check_run', 'pull_request', 'push', 'create', 'status'];
    for (const event of events.toReversed()) {
      for (const id of [GITHUB_ID, 7]) {
        const body = payload(id, { action: event });
        expect((await github.send(body, headersOf(event, body))).status).toBe(202);
      }
    }
    await github.clock.advance(GATHERED_MS);
    expect(github.looks).toEqual([[github.id, other]]);
  });

  it('does not move a look that is due before', async () => {
    const github = await lab();
    await github.db.updateTable('tracked_repositories').set({ next_look_at: 5 }).execute();
    await github.send(payload(GITHUB_ID));
    expect((await github.row()).next_look_at).toBe(5);
  });

  it('of a flood comes to few looks', async () => {
    const github = await lab();
    for (let second = 0; second < 10; second += 1) {
      const body = payload(GITHUB_ID, { second });
      await Promise.all(Array.from({ length: 20 }, () => github.send(body, headersOf('push', body))));
      await github.clock.advance(1_000);
    }
    await github.clock.advance(GATHERED_MS);
    expect(github.looks.length).toBeLessThanOrEqual(6);
    expect(await github.deliveries()).toHaveLength(200);
  });

  it('may be a form', async () => {
    const github = await lab();
    const body = new URLSearchParams({ payload: payload(GITHUB_ID) }).toString();
    const type = { 'content-type': 'application/x-www-form-urlencoded' };
    expect((await github.send(body, { ...headersOf('push', body), ...type })).status).toBe(202);
    await github.clock.advance(GATHERED_MS);
    expect(github.looks).toEqual([[github.id]]);
  });

  it.each([
    ['of a repository that is not tracked here', 'push', payload(99)],
    ['of an event that changes nothing here', 'workflow_job', payload(GITHUB_ID)],
    ['of an event that nobody has heard of', 'zen_garden', payload(GITHUB_ID)],
    ['without a repository', 'organization', '{"action":"renamed"}'],
    ['that is no JSON', 'push', 'hello'],
    ['that is JSON, but no object', 'push', '[1]'],
    ['whose repository has no number', 'push', '{"repository":{"id":"1296269"}}'],
  ])('%s is taken, and comes to nothing', async (_, event, body) => {
    const github = await lab();
    expect((await github.send(body, headersOf(event, body))).status).toBe(202);
    await github.clock.advance(GATHERED_MS);
    expect(github.looks).toEqual([]);
    expect(await github.row()).toMatchObject({ webhook_at: null, next_look_at: github.next_look_at });
  });

  it('of a repository that was left out is not looked after', async () => {
    const github = await lab();
    await github.db.updateTable('tracked_repositories').set({ state: 'left_out' }).execute();
    expect((await github.send(payload(GITHUB_ID))).status).toBe(202);
    await github.clock.advance(GATHERED_MS);
    expect(github.looks).toEqual([]);
  });

  it('may be a ping', async () => {
    const github = await lab();
    const body = payload(GITHUB_ID, { zen: 'Keep it logically awesome.' });
    expect((await github.send(body, headersOf('ping', body))).status).toBe(200);
    await github.clock.advance(GATHERED_MS);
    expect(github.looks).toEqual([]);
  });

  it('has 25 MB at most', async () => {
    const github = await lab();
    const frame = payload(GITHUB_ID, { commits: '' }).length;
    const body = payload(GITHUB_ID, { commits: 'x'.repeat(25 * MB - frame) });
    expect(body).toHaveLength(25 * MB);
    expect((await github.send(body, headersOf('push', body))).status).toBe(202);
    const longer = `${body} `;
    expect(await codeOf(await github.send(longer, headersOf('push', longer)))).toEqual([413, 'body_too_large']);
    expect(await github.deliveries()).toHaveLength(1);
  });

  it('that is longer than it says, or does not say it, is not read to its end', async () => {
    const github = await lab();
    const signature = `sha256=${'0'.repeat(64)}`;
    const head = (more: string) =>
      [
        `POST ${WEBHOOK_PATH} HTTP/1.1`,
        `Host: 127.0.0.1:${github.door.port}`,
        `Content-Type: application/json\r\nX-Hub-Signature-256: ${signature}\r\nConnection: close`,
        `${more}\r\n\r\n`,
      ].join('\r\n');
    // Nothing of the body is sent: the answer comes all the same.
    expect(await github.door.send(head(`Content-Length: ${26 * MB}`))).toMatch(/^HTTP\/1.1 413 /);
    const chunk = 'x'.repeat(MB);
    const chunks = `${MB.toString(16)}\r\n${chunk}\r\n`.repeat(26);
    const answer = await github.door.send(head('Transfer-Encoding: chunked') + chunks).catch(() => 'HTTP/1.1 413 ');
    expect(answer).toMatch(/^HTTP\/1.1 413 /);
    await nothingHappened(github);
  });
});

describe('what is not signed by GitHub', () => {
  const body = payload(GITHUB_ID);

  it.each([
    ['nothing', undefined],
    ['an empty signature', ''],
    ['the signature of another secret', headersOf('push', body, 'another secret')['x-hub-signature-256']],
    ['the signature of another body', headersOf('push', `${body} `)['x-hub-signature-256']],
    ['a signature by SHA-1', `sha1=${createHmac('sha1', SECRET).update(body).digest('hex')}`],
    ['the signature in capitals', headersOf('push', body)['x-hub-signature-256']?.toUpperCase()],
    ['a signature and something after it', `${headersOf('push', body)['x-hub-signature-256']}0`],
  ])('is refused: with %s', async (_, signature) => {
    const github = await lab();
    const answer = await github.send(body, { 'x-hub-signature-256': signature });
    expect(await codeOf(answer)).toEqual([401, 'signature_invalid']);
    await nothingHappened(github);
  });

  it('is refused before its body is read', async () => {
    const github = await lab();
    const answer = await github.door.send(
      [
        `POST ${WEBHOOK_PATH} HTTP/1.1`,
        `Host: 127.0.0.1:${github.door.port}`,
        'Content-Type: application/json\r\nContent-Length: 1000\r\nConnection: close\r\n\r\n',
      ].join('\r\n'),
    );
    expect(answer).toMatch(/^HTTP\/1.1 401 /);
  });

  it('is refused where bytes are no text, even by the text that they are shown as', async () => {
    const github = await lab();
    const bytes = Buffer.concat([Buffer.from(payload(GITHUB_ID).slice(0, -1)), Buffer.from([0xff, 0x7d])]);
    expect((await github.send(bytes, headersOf('push', bytes))).status).toBe(401);
    await nothingHappened(github);
  });

  it('is refused with an empty body', async () => {
    const github = await lab();
    expect((await github.send('', headersOf('push', ''))).status).toBe(401);
  });

  it('cannot be told from anything where there is no secret yet', async () => {
    const github = await lab({ secret: null });
    expect(await codeOf(await github.send(body))).toEqual([409, 'provider_not_configured']);
    expect(await github.webhooks.view()).toMatchObject({ hasSecret: false, lastDeliveryAt: null });
    await nothingHappened(github);
  });
});

describe('the route', () => {
  const body = payload(GITHUB_ID);

  it.each([
    ['another type', { 'content-type': 'text/plain' }, [415, 'bad_input']],
    ['no type', { 'content-type': '' }, [415, 'bad_input']],
    ['a compressed body', { 'content-encoding': 'gzip' }, [415, 'bad_input']],
    ['no delivery', { 'x-github-delivery': undefined }, [400, 'bad_input']],
    ['a delivery that is none', { 'x-github-delivery': "'; drop table" }, [400, 'bad_input']],
    ['no event', { 'x-github-event': undefined }, [400, 'bad_input']],
  ])('refuses %s', async (_, headers, expected) => {
    const github = await lab();
    expect(await codeOf(await github.send(body, headers))).toEqual(expected);
    await nothingHappened(github);
  });

  it('refuses web pages, ours included', async () => {
    const github = await lab();
    for (const origin of ['https://evil.example', github.door.address, 'null']) {
      expect(await codeOf(await github.send(body, { origin }))).toEqual([403, 'origin_refused']);
    }
    await nothingHappened(github);
  });

  it('refuses a foreign host', async () => {
    const github = await lab();
    const answer = await github.door.send(
      `POST ${WEBHOOK_PATH} HTTP/1.1\r\nHost: evil.example\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 403 /);
  });

  it('takes nothing but POST, and nothing below it', async () => {
    const github = await lab();
    const address = `${github.door.address}${WEBHOOK_PATH}`;
    const answer = await fetch(address);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`${address}/more`, { method: 'POST' })).status).toBe(404);
  });
});

describe('the secret', () => {
  const body = payload(GITHUB_ID);

  it('is made, replaced and forgotten', async () => {
    const github = await lab({ secret: null });
    const made = await github.webhooks.setSecret();
    expect(made).toMatch(/^[\w-]{43}$/);
    expect((await github.send(body, headersOf('push', body, made ?? ''))).status).toBe(202);
    const again = await github.webhooks.setSecret();
    expect(again).not.toBe(made);
    expect((await github.send(body, headersOf('push', body, made ?? ''))).status).toBe(401);
    expect((await github.send(body, headersOf('push', body, again ?? ''))).status).toBe(202);
    expect(await github.webhooks.setSecret(null)).toBeNull();
    expect(await github.webhooks.view()).toMatchObject({ hasSecret: false });
  });

  it('is stored sealed', async () => {
    const github = await lab();
    const row = await github.db.selectFrom('webhook_secrets').selectAll().executeTakeFirstOrThrow();
    expect(row.host).toBe('github.com');
    expect(Buffer.from(row.sealed_secret, 'base64url').toString('latin1')).not.toContain(SECRET);
    expect(row.sealed_secret).toMatch(/^ey/);
  });

  it("may be that of one of the person's GitHub Apps", async () => {
    const github = await lab();
    github.appSecrets.push('first app', 'second app');
    for (const secret of ['first app', 'second app', SECRET]) {
      expect((await github.send(body, headersOf('push', body, secret))).status).toBe(202);
    }
    await github.webhooks.setSecret(null);
    expect(await github.webhooks.view()).toMatchObject({ hasSecret: true });
    expect((await github.send(body)).status).toBe(401);
  });
});
