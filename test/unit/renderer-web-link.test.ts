import { describe, expect, it, vi } from 'vitest';
import { createWebClient } from '../../src/renderer/client/web-client.ts';
import type { WebPlace } from '../../src/renderer/client/web-link.ts';

/** A browser tab and an app whose every answer is chosen by the test. */
function setUp({ fragment = '', key = null as string | null } = {}) {
  const stored = new Map<string, string>(key === null ? [] : [['trackeep-key', key]]);
  const location = { hash: fragment, pathname: '/ui/', search: '' };
  const addresses: string[] = [];
  let onChange = () => {};
  let endStream = () => {};
  let goOn = () => {};
  let waits = 0;
  const app = { running: true, goodKey: 'key-1', goodToken: 'token-1' };
  const asked: string[] = [];

  const place: WebPlace = {
    base: new URL('http://127.0.0.1:9090/ui/'),
    location,
    history: {
      replaceState(_state, _title, url) {
        addresses.push(String(url));
        location.hash = '';
      },
    },
    storage: {
      getItem: (name) => stored.get(name) ?? null,
      setItem: (name, value) => void stored.set(name, value),
      removeItem: (name) => void stored.delete(name),
    },
    async fetch(input, init) {
      const { pathname, search } = new URL(String(input));
      asked.push(pathname + search);
      if (!app.running) throw new TypeError('Failed to fetch');
      if (pathname === '/ui/session') {
        if (JSON.parse(String(init?.body)).token !== app.goodToken) return Response.json({}, { status: 401 });
        app.goodToken = '';
        return Response.json({ key: app.goodKey });
      }
      if (new Headers(init?.headers).get('x-trackeep-key') !== app.goodKey) {
        return Response.json({ error: 'session_required', message: 'No.' }, { status: 401 });
      }
      if (pathname !== '/ui/events') return Response.json({ answered: pathname });
      return new Response(
        new ReadableStream({
          start(controller) {
            controller.enqueue(new TextEncoder().encode(': listening\n\n'));
            endStream = () => controller.close();
            init?.signal?.addEventListener('abort', () => controller.error(init.signal?.reason));
          },
        }),
      );
    },
    wait: () =>
      new Promise((done) => {
        waits += 1;
        goOn = done;
      }),
    onChange(listener) {
      onChange = listener;
    },
  };
  const client = createWebClient(place);
  return {
    client,
    app,
    asked,
    stored,
    location,
    addresses,
    changed: () => onChange(),
    endStream: () => endStream(),
    afterAWhile: () => goOn(),
    waits: (count: number) => vi.waitFor(() => expect(waits).toBe(count), { interval: 1 }),
    reaches: (state: string) => vi.waitFor(() => expect(client.link.get()).toBe(state), { interval: 1 }),
  };
}

describe('the link between a web page and the app', () => {
  it('turns the login token into a key and leaves it in no address', async () => {
    const { reaches, stored, addresses, asked } = setUp({ fragment: '#login=token-1' });
    await reaches('open');
    expect(stored.get('trackeep-key')).toBe('key-1');
    expect(addresses).toEqual(['/ui/']);
    expect(asked.join()).not.toContain('token-1');
  });

  it('asks for a fresh link where there is no key, and forgets one that is refused', async () => {
    const without = setUp();
    await without.reaches('session_required');
    const refused = setUp({ key: 'old' });
    await refused.reaches('session_required');
    expect(refused.stored.size).toBe(0);
  });

  it('is lost when the app goes, and heals when it is back', async () => {
    const { reaches, app, endStream, afterAWhile } = setUp({ key: 'key-1' });
    await reaches('open');
    app.running = false;
    endStream();
    await reaches('lost');
    app.running = true;
    afterAWhile();
    await reaches('open');
  });

  it('does not take the refusal of an app that is just going for the end of the session', async () => {
    const { client, reaches, app, waits, endStream, afterAWhile } = setUp({ key: 'key-1' });
    await reaches('open');
    app.goodKey = 'key-2';
    endStream();
    await waits(1);
    afterAWhile();
    await waits(2);
    expect(client.link.get()).toBe('lost');
    afterAWhile();
    await reaches('session_required');
  });

  it('goes on when another tab has signed in', async () => {
    const { reaches, stored, changed } = setUp();
    await reaches('session_required');
    stored.set('trackeep-key', 'key-1');
    changed();
    await reaches('open');
  });

  it('takes a fresh link that is opened in the same tab', async () => {
    const { reaches, location, changed, addresses } = setUp({ key: 'old' });
    await reaches('session_required');
    location.hash = '#login=token-1';
    changed();
    await reaches('open');
    expect(addresses).toEqual(['/ui/']);
  });

  it('is not disturbed by the fragments that are pages', async () => {
    const { client, reaches, location, changed, asked } = setUp({ key: 'key-1' });
    await reaches('open');
    location.hash = '#/updates';
    changed();
    await client.call('status.get', {});
    expect(client.link.get()).toBe('open');
    expect(asked.filter((path) => path === '/ui/events')).toHaveLength(1);
  });
});

describe('calls over the link', () => {
  it('hold queries back until the events come, so that nothing is missed between', async () => {
    const { client, asked } = setUp({ key: 'key-1' });
    await client.call('connections.flow', { id: 'x' });
    expect(asked).toEqual(['/ui/events', '/ui/api/connections.flow?input=%7B%22id%22%3A%22x%22%7D']);
  });

  it('say that the app is not running when nobody answers', async () => {
    const { client, reaches, app } = setUp({ key: 'key-1' });
    await reaches('open');
    app.running = false;
    await expect(client.call('updates.check', {})).rejects.toMatchObject({ view: { code: 'app_not_running' } });
  });

  it("pass on the app's own words when it refuses", async () => {
    const { client, reaches, app } = setUp({ key: 'key-1' });
    await reaches('open');
    app.goodKey = 'other';
    await expect(client.call('updates.check', {})).rejects.toMatchObject({
      message: 'No.',
      view: { code: 'session_required' },
    });
  });
});
