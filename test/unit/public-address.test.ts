import type { LookupAddress } from 'node:dns';
import type { LookupFunction } from 'node:net';
import { describe, expect, it } from 'vitest';
import { isPublicAddress, publicOnly } from '../../src/main/issuer/public-address.ts';

describe('an address of the public internet', () => {
  it.each([
    '1.1.1.1',
    '9.255.255.255',
    '11.0.0.0',
    '100.63.255.255',
    '100.128.0.0',
    '172.15.255.255',
    '172.32.0.0',
    '192.167.255.255',
    '192.169.0.0',
    '198.17.255.255',
    '198.20.0.0',
    '223.255.255.255',
    '2606:4700:4700::1111',
    '2a00:1450:4001:82a::200e',
    // 1.1.1.1 from within a network that has IPv6 only.
    '64:ff9b::101:101',
  ])('is %s', (address) => {
    expect(isPublicAddress(address)).toBe(true);
  });

  it.each([
    ['this network', '0.0.0.0', '0.255.255.255'],
    [
      'private networks',
      '10.0.0.0',
      '10.255.255.255',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.0.1',
      'fc00::1',
      'fd00::1',
    ],
    ['a carrier', '100.64.0.0', '100.127.255.255'],
    ['this machine', '127.0.0.1', '127.255.255.255', '::1', '::'],
    ['a link, and the metadata service of clouds', '169.254.0.1', '169.254.169.254', 'fe80::1', 'fe80::1%eth0'],
    ['protocols', '192.0.0.8', '192.88.99.1', '2001::1', '2002:7f00:1::', '5f00::1', '100::1'],
    ['documents', '192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1'],
    ['benchmarks', '198.18.0.0', '198.19.255.255'],
    ['groups and what is reserved', '224.0.0.1', '239.255.255.255', '240.0.0.1', '255.255.255.255', 'ff02::1'],
    ['IPv4 in disguise', '::ffff:127.0.0.1', '::ffff:7f00:1', '::ffff:8.8.8.8', '::127.0.0.1', '::ffff:0:127.0.0.1'],
    ['IPv4 behind a translator', '64:ff9b::10.0.0.1', '64:ff9b::a9fe:a9fe', '64:ff9b::7f00:1', '64:ff9b:1::1'],
    ['nothing at all', '', 'localhost', '1.1.1', '0x7f.1', '1.1.1.1 '],
  ])('is none of %s', (_what, ...addresses) => {
    for (const address of addresses) expect([address, isPublicAddress(address)]).toEqual([address, false]);
  });
});

describe('a look-up that lets public addresses through', () => {
  const answering =
    (...found: LookupAddress[]): LookupFunction =>
    (_hostname, _options, callback) =>
      callback(null, found);
  const failing: LookupFunction = (_hostname, _options, callback) => callback(new Error('no such name'), []);
  const ask = (lookup: LookupFunction, all: boolean) =>
    new Promise((resolve) => publicOnly(lookup)('host', { all }, (...answer) => resolve(answer)));

  const loopback = { address: '127.0.0.1', family: 4 };
  const inside = { address: 'fd00::1', family: 6 };
  const outside = { address: '2606:4700::1', family: 6 };
  const outside4 = { address: '1.1.1.1', family: 4 };

  it('leaves the others out', async () => {
    const lookup = answering(loopback, outside, inside, outside4);
    expect(await ask(lookup, true)).toEqual([null, [outside, outside4]]);
    expect(await ask(lookup, false)).toEqual([null, outside.address, 6]);
  });

  it.each([true, false])('fails when none is left (all: %s)', async (all) => {
    const nothingPublic = [expect.objectContaining({ message: 'host has no public address.' }), []];
    expect(await ask(answering(loopback, inside), all)).toEqual(nothingPublic);
    expect(await ask(answering(), all)).toEqual(nothingPublic);
  });

  it('passes on what the resolver says is wrong', async () => {
    expect(await ask(failing, true)).toEqual([expect.objectContaining({ message: 'no such name' }), []]);
  });
});
