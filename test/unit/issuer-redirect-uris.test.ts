import fc from 'fast-check';
import { exportJWK, generateKeyPair } from 'jose';
import type { AdapterPayload } from 'oidc-provider';
import * as library from 'oidc-provider';
import { beforeAll, describe, expect, it } from 'vitest';
import { readConfig } from '../../src/main/core/config.ts';
import { issuerPages } from '../../src/main/issuer/pages.ts';
import { createProvider } from '../../src/main/issuer/provider.ts';
import { boundRedirectHost, checkRedirectUri } from '../../src/main/issuer/redirect-uris.ts';
import { createRefreshContext } from '../../src/main/issuer/refresh-context.ts';
import { readRegistration } from '../../src/main/issuer/registration.ts';
import { createResources } from '../../src/main/issuer/resources.ts';

const ISSUER = 'http://127.0.0.1:9090';
const RUNS = { numRuns: 1_000 };

const loopback = fc.constantFrom('127.0.0.1', 'localhost', '[::1]');
const host = fc.oneof(
  loopback,
  fc.constantFrom(
    ...['127.0.0.2', '127.1', '2130706433', '0x7f.1', '0.0.0.0', '[::]', '[::ffff:127.0.0.1]', 'LOCALHOST'],
    ...['127.0.0.1.', '127.0.0.1.evil.test', 'localhost.evil.test', 'evil.test', 'vscode.dev', '127.0.0.1@evil.test'],
    ...['evil.test\\@127.0.0.1', 'someone:secret@127.0.0.1', '', 'xn--locaIhost', 'localhost%00.evil.test'],
  ),
);
const port = fc.oneof(
  fc.constant(''),
  fc.integer({ min: 1, max: 65_535 }).map((number) => `:${number}`),
  fc.constantFrom(':', ':0', ':99999', ':080', ':80a', ':-1', ':80:90', ':٣'),
);
const path = fc.constantFrom(
  ...['', '/', '/callback', '/callback/', '/CALLBACK', '/a/../callback', '/%63allback', '//evil.test', '/\\evil.test'],
  ...['/callback?a=1', '?a=1', '/callback?', '/callback#part', '/callback#', '/call\tback', '/callback\r\nX: 1', '/ü'],
);
const scheme = fc.constantFrom('http://', 'https://', 'HTTP://', 'http:', 'http:/', '//', 'cursor://', 'javascript:');
const address = fc.oneof(
  { weight: 3, arbitrary: fc.tuple(fc.constant('http://'), loopback, port, path).map((parts) => parts.join('')) },
  { weight: 2, arbitrary: fc.tuple(scheme, host, port, path).map((parts) => parts.join('')) },
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.string({ unit: 'binary-ascii' }),
);
/** With something more, or something less, at any place. */
const changed = (text: string) =>
  fc
    .tuple(
      fc.nat(text.length),
      fc.nat(2),
      fc.constantFrom('', '@', '\\', '#', '.', '/', ':', '1', ' ', '\t', '%', '?', 'evil.test'),
    )
    .map(([at, less, more]) => text.slice(0, at) + more + text.slice(at + less));
/** A registered address, and one that is asked for, which is often nearly the same. */
const pair = address.chain((registered) =>
  fc.tuple(fc.constant(registered), fc.oneof(address, fc.constant(registered), changed(registered))),
);

/** RFC 8252 §7.3 read from the text alone, with no URL parser that could repair it: what is left without the port. */
function withoutPort(text: string): string | null {
  const [, front, number = '', rest] =
    /^(http:\/\/(?:127\.0\.0\.1|localhost|\[::1\]))(?::(\d*))?((?:[/?].*)?)$/is.exec(text) ?? [];
  return front === undefined || Number(number) > 65_535 ? null : `${front}${rest}`;
}

describe('a redirect address', () => {
  let allows: (registered: string, asked: string) => Promise<boolean>;

  beforeAll(async () => {
    const keys = await Promise.all(
      ['ES256', 'RS256'].map(async (alg) => {
        const { privateKey } = await generateKeyPair(alg, { extractable: true });
        return { ...(await exportJWK(privateKey)), alg, kid: alg, use: 'sig' };
      }),
    );
    const nothing = async () => undefined;
    let metadata: AdapterPayload | undefined;
    const provider = createProvider({
      ...{ library, issuer: ISSUER, keys, clients: [], pages: issuerPages, fetch },
      config: readConfig({ env: { HOME: '/' } }).issuer,
      secrets: { cookieKey: 'cookie-key', subject: 'person', successorKey: 'key' },
      resources: createResources(ISSUER, () => []),
      refreshContext: createRefreshContext(() => undefined, 'key'),
      adapter: () => ({
        find: async () => metadata,
        ...{ upsert: nothing, consume: nothing, destroy: nothing, revokeByGrantId: nothing },
        ...{ findByUid: nothing, findByUserCode: nothing },
      }),
    });
    allows = async (registered, asked) => {
      const read = readRegistration({ redirect_uris: [registered] });
      if ('error' in read) return false;
      metadata = { ...read.metadata, client_id: 'client' };
      const client = await provider.Client.find('client');
      return client?.redirectUriAllowed(asked) === true;
    };
  });

  it('is good when it is the registered one, or that one at another port of this machine; and only then', async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ([registered, asked]) => {
        const rest = withoutPort(registered);
        const same = registered === asked || (rest !== null && rest === withoutPort(asked));
        expect(await allows(registered, asked)).toBe(checkRedirectUri(registered) === null && same);
      }),
      RUNS,
    );
  });

  it('may not be this machine in another spelling', () => {
    for (const host of ['0x7f.1', '2130706433', '127.1', '0177.0.0.1', '[::ffff:127.0.0.1]', '127.0.0.1.']) {
      expect(checkRedirectUri(`http://${host}/callback`)).not.toBeNull();
    }
  });

  it('that is good leads where the registered one leads, as a browser reads it', async () => {
    await fc.assert(
      fc.asyncProperty(pair, async ([registered, asked]) => {
        if (!(await allows(registered, asked))) return;
        const [known, wanted] = [new URL(registered), new URL(asked)];
        expect([wanted.protocol, wanted.hostname]).toEqual([known.protocol, known.hostname]);
        expect([wanted.username, wanted.password, wanted.hash]).toEqual(['', '', '']);
        expect(`${wanted.pathname}${wanted.search}`).toBe(`${known.pathname}${known.search}`);
        expect(boundRedirectHost(asked)).toBe(boundRedirectHost(registered));
      }),
      RUNS,
    );
  });

  it('may be registered only for this machine, for https, or for a program of its own', () => {
    fc.assert(
      fc.property(address, (text) => {
        if (checkRedirectUri(text) !== null) return;
        expect(text).toMatch(/^[\x21-\x7e]+$/);
        expect(text).not.toMatch(/[\\#]/);
        const url = new URL(text);
        expect([url.username, url.password, url.hash]).toEqual(['', '', '']);
        expect(['javascript:', 'data:', 'file:', 'blob:', 'vbscript:']).not.toContain(url.protocol);
        if (url.protocol === 'http:') expect(url.hostname).toMatch(/^(?:127\.0\.0\.1|localhost|\[::1\])$/);
      }),
      { numRuns: 5_000 },
    );
  });

  it('may not be registered where the name of this machine is only a part of another', () => {
    const around = fc.constantFrom(
      (name: string) => `http://${name}.evil.test/callback`,
      (name: string) => `http://${name}@evil.test/callback`,
      (name: string) => `http://evil.test\\@${name}/callback`,
      (name: string) => `http://${name}:secret@${name}/callback`,
      (name: string) => `http://evil.test#${name}/callback`,
      (name: string) => `http://evil.test/?${name}`,
      (name: string) => `http://x${name.replace(/^\[|\]$/g, '')}/callback`,
    );
    fc.assert(
      fc.property(loopback, around, (name, build) => {
        expect(checkRedirectUri(build(name))).toEqual(expect.any(String));
      }),
    );
  });

  it.each([undefined, null, 1, {}, [], ['http://127.0.0.1/'], true])('is a text, and not %j', (value) => {
    expect(checkRedirectUri(value)).toBe('is not a text');
  });
});
