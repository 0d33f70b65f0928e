import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { until } from '../support/connections-lab.ts';
import { headersOf, openWebhookLab, payload } from '../support/webhook-lab.ts';

const GITHUB_ID = 1296269;
const MB = 1024 * 1024;

/** A channel, as smee.io speaks (server-sent events), and an app that is told to follow it. */
async function lab() {
  const github = await openWebhookLab();
  const id = await github.repository([await github.account('octocat')], { github_id: GITHUB_ID });
  const open = new Set<ServerResponse>();
  let connections = 0;
  let answer: ((response: ServerResponse) => void) | null = null;
  const server = createServer((request, response) => {
    connections += 1;
    if (answer !== null) return answer(response);
    expect(request.headers.accept).toBe('text/event-stream');
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
    response.write('event: ready\ndata: {}\n\n');
    open.add(response);
    response.on('close', () => open.delete(response));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/aGarden`;
  const state = async () => (await github.webhooks.view()).channelState;
  return {
    ...{ ...github, id, server, open, url, state },
    connections: () => connections,
    /** Answers otherwise from now on; null: as a channel does. */
    answerWith(how: typeof answer) {
      answer = how;
    },
    follow(channel: string | null) {
      github.settings.webhookChannel = channel;
      github.announce();
    },
    async connect() {
      github.settings.webhookChannel = url;
      github.announce();
      await until(async () => (await state()) === 'connected');
      await until(() => open.size === 1);
    },
    /** Lets time pass until something holds. */
    async passUntil(condition: () => boolean | Promise<boolean>) {
      await until(async () => {
        await github.clock.advance(1_000);
        return condition();
      });
    },
    write(text: string) {
      for (const response of open) response.write(text);
    },
    /** Passes on what GitHub delivered: read as JSON and written anew, among the headers. */
    relay(body: string, headers = headersOf('push', body)) {
      const message = JSON.stringify({ host: 'smee.io', ...headers, body: JSON.parse(body), query: {}, timestamp: 1 });
      for (const response of open) response.write(`id: 1\ndata: ${message}\n\n`);
    },
  };
}

const looked = (channel: Awaited<ReturnType<typeof lab>>) => channel.passUntil(() => channel.looks.length > 0);

describe('a smee channel', () => {
  it('is not there unless the person names one', async () => {
    const channel = await lab();
    expect(await channel.state()).toBe('off');
    expect(channel.connections()).toBe(0);
  });

  it('passes deliveries on, whose signatures still hold', async () => {
    const channel = await lab();
    await channel.connect();
    expect(await channel.webhooks.view()).toMatchObject({ channel: channel.url, channelState: 'connected' });
    channel.relay(
      payload(GITHUB_ID, { text: 'Grüße "an" <alle> & \u{1f331} / \\ \u2028 \n', float: 0.5, deep: [{ a: null }] }),
    );
    await looked(channel);
    expect(channel.looks).toEqual([[channel.id]]);
    expect(await channel.deliveries()).toHaveLength(1);
  });

  it('may pass on the very text, too', async () => {
    const channel = await lab();
    await channel.connect();
    const body = `{ "repository": { "id": ${GITHUB_ID} } }`;
    const message = { ...headersOf('push', body), body: JSON.parse(body), rawbody: body };
    channel.write(`data: ${JSON.stringify(message)}\n\n`);
    await looked(channel);
    expect(await channel.deliveries()).toHaveLength(1);
  });

  it('counts a delivery once that came by HTTP as well', async () => {
    const channel = await lab();
    await channel.connect();
    const body = payload(GITHUB_ID);
    const headers = headersOf('push', body);
    channel.relay(body, headers);
    await until(async () => (await channel.deliveries()).length === 1);
    expect((await channel.send(body, headers)).status).toBe(200);
  });

  it('cannot do any harm with rubbish and with what is not signed', async () => {
    const channel = await lab();
    await channel.connect();
    const body = payload(GITHUB_ID);
    const rubbish = [
      'data: hello\n\n',
      'data: null\n\n',
      'data: []\n\n',
      'data: {}\n\n',
      'data: {"body":{},"x-hub-signature-256":5}\n\n',
      `data: ${JSON.stringify({ ...headersOf('push', body, 'another secret'), body: JSON.parse(body) })}\n\n`,
      `data: ${JSON.stringify({ ...headersOf('push', body), 'x-hub-signature-256': undefined, body: JSON.parse(body) })}\n\n`,
      'retry: 1\n\nevent: ping\ndata: {}\n\n:\n\nid\n\n\u0000\n\n',
    ];
    for (const text of rubbish) channel.write(text);
    channel.relay(body);
    await until(async () => (await channel.deliveries()).length === 1);
    expect(await channel.state()).toBe('connected');
    await looked(channel);
    expect(channel.looks).toEqual([[channel.id]]);
  });

  it('cannot do any harm by a flood', async () => {
    const channel = await lab();
    await channel.connect();
    const body = payload(GITHUB_ID, { text: 'x'.repeat(10_000) });
    const message = JSON.stringify({ ...headersOf('push', body, 'another secret'), body: JSON.parse(body) });
    channel.write(`data: ${message}\n\n`.repeat(2_000));
    await until(() => channel.logger.lines.some(({ message: text }) => /too many at once/.test(text)));
    expect(await channel.state()).toBe('connected');
    expect(await channel.deliveries()).toEqual([]);
    // Afterwards it works as before.
    await until(async () => {
      channel.relay(payload(GITHUB_ID));
      return (await channel.deliveries()).length > 0;
    });
  });

  it('is left where a message has no end', async () => {
    const channel = await lab();
    await channel.connect();
    const [response] = channel.open;
    response?.write('data: ');
    const piece = 'x'.repeat(MB);
    const pour = () => {
      while (response?.writable && response.write(piece));
      response?.once('drain', pour);
    };
    pour();
    await until(async () => (await channel.state()) === 'failed');
    await until(() => channel.open.size === 0);
  });

  it('is connected to again when the connection ends, later and later while that fails', async () => {
    const channel = await lab();
    await channel.connect();
    channel.answerWith((response) => response.writeHead(503).end());
    for (const response of channel.open) response.end();
    await until(async () => (await channel.state()) === 'failed');
    const waits: number[] = [];
    for (let count = channel.connections(); waits.length < 4; count = channel.connections()) {
      const since = channel.clock.now();
      await channel.passUntil(() => channel.connections() > count);
      waits.push(channel.clock.now() - since);
      await until(async () => (await channel.state()) === 'failed');
    }
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
    expect(waits[3]).toBeGreaterThan(3 * (waits[0] ?? 0));
    channel.answerWith(null);
    await channel.passUntil(async () => (await channel.state()) === 'connected');
    channel.relay(payload(GITHUB_ID));
    await until(async () => (await channel.deliveries()).length === 1);
  });

  it('is connected to again when it falls silent', async () => {
    const channel = await lab();
    await channel.connect();
    await channel.clock.advance(4 * 60_000);
    expect(channel.connections()).toBe(1);
    await channel.passUntil(() => channel.connections() === 2);
  });

  it.each([
    ['a page', 200, 'text/html'],
    ['nothing', 204, 'text/event-stream'],
    ['a refusal', 404, 'text/event-stream'],
  ])('is tried again where it answers with %s', async (_, status, type) => {
    const channel = await lab();
    channel.answerWith((response) => response.writeHead(status, { 'content-type': type }).end());
    channel.follow(channel.url);
    await until(async () => (await channel.state()) === 'failed');
    channel.answerWith(null);
    await channel.passUntil(async () => (await channel.state()) === 'connected');
  });

  it('is left when the person names another, or none', async () => {
    const channel = await lab();
    await channel.connect();
    channel.follow(`${channel.url}/other`);
    await until(() => channel.connections() === 2 && channel.open.size === 1);
    channel.follow(null);
    await until(() => channel.open.size === 0);
    expect(await channel.webhooks.view()).toMatchObject({ channel: null, channelState: 'off' });
    await channel.clock.advance(3_600_000);
    expect(channel.connections()).toBe(2);
  });

  it('is left when the app ends', async () => {
    const channel = await lab();
    await channel.connect();
    await channel.webhooks.stop();
    await until(() => channel.open.size === 0);
    await channel.clock.advance(3_600_000);
    expect(channel.connections()).toBe(1);
    expect(await channel.state()).toBe('off');
  });

  it('is not named in the log: whoever knows it can read what comes over it', async () => {
    const channel = await lab();
    channel.answerWith((response) => response.writeHead(404).end());
    channel.follow(channel.url);
    await until(async () => (await channel.state()) === 'failed');
    expect(JSON.stringify(channel.logger.lines)).not.toContain('aGarden');
  });
});
