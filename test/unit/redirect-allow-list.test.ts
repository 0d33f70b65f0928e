import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redirectTarget } from '../../src/main/http/trackeep/redirect-targets.ts';
import { canonicalOrigin } from '../../src/shared/origins.ts';

const ALLOWED = ['http://localhost:5173', 'https://keep.example.com'];
const target = (text: string) => redirectTarget(text, ALLOWED)?.href ?? null;

describe('where a sign-in may lead to', () => {
  it.each([
    ['http://localhost:5173', 'http://localhost:5173/auth/callback'],
    ['http://localhost:5173/', 'http://localhost:5173/auth/callback'],
    ['https://keep.example.com/login?next=%2Fhome', 'https://keep.example.com/login?next=%2Fhome'],
    ['https://keep.example.com?next=home', 'https://keep.example.com/auth/callback?next=home'],
  ])('%s is allowed', (text, href) => {
    expect(target(text)).toBe(href);
  });

  it.each([
    // Userinfo, and what looks like it.
    'https://keep.example.com@evil.test/',
    'https://keep.example.com:443@evil.test/',
    'https://me@keep.example.com/',
    'https://evil.test#@keep.example.com/',
    // Ports and schemes.
    'http://localhost:51730/',
    'http://localhost:5173.evil.test/',
    'http://localhost/',
    'https://localhost:5173/',
    'http://keep.example.com/',
    'https://keep.example.com:443/',
    'https://keep.example.com:8443/',
    'javascript:alert(1)//https://keep.example.com/',
    // Hosts that look alike.
    'https://keep.example.com.evil.test/',
    'https://evilkeep.example.com/',
    'https://keep.example.com./',
    'https://KEEP.example.com/',
    'https://keep.example。com/',
    'https://ke\u0435p.example.com/',
    'https://keep.example.com%2eevil.test/',
    'http://127.0.0.1:5173/',
    // Slashes.
    '//keep.example.com/',
    '/\\keep.example.com/',
    'https:keep.example.com/',
    'https:/keep.example.com/',
    'https:///keep.example.com/',
    'https:\\\\keep.example.com\\',
    'https://keep.example.com\\@evil.test/',
    'https://keep.example.com/\\evil.test',
    // What parsers drop.
    'https://keep.example.com\t.evil.test/',
    'https://keep\n.example.com/',
    ' https://keep.example.com/',
    'https://keep.example.com/ ',
    'https://keep.example.com/\0',
    'https://keep.example.com/#token',
    '',
    'null',
  ])('%j is not', (text) => {
    expect(target(text)).toBeNull();
  });

  it('is nowhere while the list is empty', () => {
    fc.assert(fc.property(fc.webUrl(), (text) => redirectTarget(text, []) === null));
  });

  const piece = fc.oneof(
    fc.constantFrom(
      ...ALLOWED,
      ...'/\\@:?#.%[]',
      '//',
      '/\\',
      'evil.test',
      '%2f',
      '%40',
      '\t',
      '\n',
      '。',
      '／',
      '＠',
      ':443',
    ),
    fc.constantFrom('https:', 'http:', 'javascript:', 'keep.example.com', 'localhost', 'LOCALHOST', '5173', '\u202e'),
    fc.string({ unit: 'binary', maxLength: 4 }),
  );
  const hostile = fc.oneof(
    fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join('')),
    fc
      .tuple(fc.constantFrom(...ALLOWED), fc.array(piece, { maxLength: 6 }))
      .map(([head, rest]) => head + rest.join('')),
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
  );

  it('is only ever an origin of the list, however the address is put together', () => {
    let allowed = 0;
    fc.assert(
      fc.property(hostile, (text) => {
        const url = redirectTarget(text, ALLOWED);
        if (url === null) return;
        allowed += 1;
        // As a browser reads the Location header, with the token added.
        url.searchParams.set('token', 'a.b.c');
        const seen = new URL(url.href, 'http://127.0.0.1:9090/auth/github');
        expect(ALLOWED).toContain(seen.origin);
        expect([seen.username, seen.password, seen.hash]).toEqual(['', '', '']);
        expect(url.href.startsWith(`${seen.origin}/`)).toBe(true);
        expect(seen.searchParams.getAll('token')).toEqual(['a.b.c']);
      }),
      { numRuns: 5_000 },
    );
    expect(allowed).toBeGreaterThan(100);
  });

  it('is not changed by anything put in front of an allowed address', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', minLength: 1, maxLength: 5 }), (before) => {
        expect(target(`${before}https://keep.example.com/`)).toBeNull();
      }),
    );
  });
});

describe('an origin', () => {
  it.each([
    ['https://Keep.Example.com/', 'https://keep.example.com'],
    ['https://keep.example.com:443', 'https://keep.example.com'],
    ['http://[::1]:5173', 'http://[::1]:5173'],
  ])('%s is %s', (text, origin) => {
    expect(canonicalOrigin(text)).toBe(origin);
  });

  it.each([
    'http://keep.example.com',
    'https://a@b.test',
    'https://b.test/path',
    'https:\\\\b.test',
    'ftp://b.test',
    '*',
  ])('%s is none', (text) => {
    expect(canonicalOrigin(text)).toBeNull();
  });
});
