import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Admission, type Arrival, judge, ownNames } from '../../src/main/http/guards.ts';

const own = ownNames(9090);
const page: Admission = { origins: 'own', sameOriginOnly: false };
const calls: Admission = { origins: 'own', sameOriginOnly: true };
const forDeveloperTools: Admission = { origins: 'loopback', sameOriginOnly: false };

function arrival(some: Partial<Arrival> = {}): Arrival {
  return { target: '/ui/', hosts: ['127.0.0.1:9090'], origin: undefined, fetchSite: undefined, ...some };
}

describe('the Host rule', () => {
  it.each(['127.0.0.1:9090', 'localhost:9090', '[::1]:9090', 'LocalHost:9090'])('lets %s pass', (host) => {
    expect(judge(arrival({ hosts: [host] }), page, own)).toBeNull();
  });

  it.each([
    ['a rebound name', ['evil.test:9090']],
    ['a name that begins with ours', ['127.0.0.1.evil.test:9090']],
    ['a name that ends with ours', ['evil.localhost:9090']],
    ['another port', ['127.0.0.1:9091']],
    ['no port', ['127.0.0.1']],
    ['user information', ['me@127.0.0.1:9090']],
    ['a trailing dot', ['localhost.:9090']],
    ['a list', ['127.0.0.1:9090,evil.test']],
    ['an empty one', ['']],
    ['none at all', []],
    ['two, of which the first is ours', ['127.0.0.1:9090', 'evil.test']],
  ])('refuses %s', (_what, hosts) => {
    expect(judge(arrival({ hosts }), page, own)).toMatchObject({ code: 'host_refused' });
  });

  it('refuses every other host', () => {
    const others = fc.string().filter((host) => !own.hosts.has(host.toLowerCase()));
    fc.assert(
      fc.property(others, (host) => {
        expect(judge(arrival({ hosts: [host] }), forDeveloperTools, own)?.code).toBe('host_refused');
      }),
    );
  });

  it('knows that clients leave port 80 out', () => {
    expect(judge(arrival({ hosts: ['localhost'] }), page, ownNames(80))).toBeNull();
  });
});

describe('the target rule', () => {
  it.each(['http://127.0.0.1:9090/ui/', 'http://evil.test/', '*', 'evil.test:443', ''])('refuses %j', (target) => {
    expect(judge(arrival({ target }), page, own)).toMatchObject({ code: 'host_refused' });
  });
});

describe('the Origin rule', () => {
  it.each([undefined, 'http://127.0.0.1:9090', 'http://localhost:9090'])('lets our own pages call: %s', (origin) => {
    expect(judge(arrival({ origin }), calls, own)).toBeNull();
  });

  const foreign = [
    'null',
    '',
    'https://evil.test',
    'http://evil.test:9090',
    'https://127.0.0.1:9090',
    'http://127.0.0.1.evil.test:9090',
    'http://127.0.0.1:9090, https://evil.test',
    'http://me@localhost:3000',
    'http://localhost:3000/',
    'http://localhost:99999999',
    'chrome-extension://abcdefgh',
  ];
  it.each(foreign)('refuses %j everywhere', (origin) => {
    for (const admission of [page, calls, forDeveloperTools]) {
      expect(judge(arrival({ origin }), admission, own)).toMatchObject({ code: 'origin_refused' });
    }
  });

  it.each(['http://localhost:6274', 'http://127.0.0.1:3000', 'http://[::1]:8080'])(
    "lets the developer tool at %s pass where a mount says so, and not in the person's pages",
    (origin) => {
      expect(judge(arrival({ origin }), forDeveloperTools, own)).toBeNull();
      expect(judge(arrival({ origin }), page, own)).toMatchObject({ code: 'origin_refused' });
    },
  );
});

describe('the Sec-Fetch-Site rule', () => {
  it.each(['same-origin', 'none', undefined])('lets %s call', (fetchSite) => {
    expect(judge(arrival({ fetchSite }), calls, own)).toBeNull();
  });

  it.each(['cross-site', 'same-site', 'anything'])('refuses calls that are %s, but not links to the page', (site) => {
    expect(judge(arrival({ fetchSite: site }), calls, own)).toMatchObject({ code: 'origin_refused' });
    expect(judge(arrival({ fetchSite: site }), page, own)).toBeNull();
  });
});
