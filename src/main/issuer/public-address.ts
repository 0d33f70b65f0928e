import { BlockList, isIPv4, type LookupFunction } from 'node:net';

/** What no host of the public internet has, by the IANA's registry of special-purpose IPv4 addresses (RFC 6890). */
const SPECIAL_IPV4 = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.31.196.0', 24],
  ['192.52.193.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['192.175.48.0', 24],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  // Multicast, and what is reserved behind it.
  ['224.0.0.0', 3],
] as const;

/** The same within 2000::/3, the one block from which public IPv6 addresses are given out (RFC 4291 §2.4). */
const SPECIAL_IPV6 = [
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['2620:4f:8000::', 48],
  ['3fff::', 20],
] as const;

/** How a network without IPv4 writes the IPv4 addresses of others (NAT64, RFC 6052 §2.1). */
const NAT64 = '64:ff9b::';

const special = new BlockList();
const publicIPv6 = new BlockList();
publicIPv6.addSubnet('2000::', 3, 'ipv6');
publicIPv6.addSubnet(NAT64, 96, 'ipv6');
for (const [network, prefix] of SPECIAL_IPV4) {
  special.addSubnet(network, prefix, 'ipv4');
  special.addSubnet(NAT64 + network, 96 + prefix, 'ipv6');
}
for (const [network, prefix] of SPECIAL_IPV6) special.addSubnet(network, prefix, 'ipv6');

/**
 * Whether an address belongs to a host of the public internet: not to this machine, a private network, a link, a
 * carrier's inside, a group or a purpose of its own.
 *
 * @param address IPv4 or IPv6 as the resolver writes it; anything else is not public
 */
export function isPublicAddress(address: string): boolean {
  if (isIPv4(address)) return !special.check(address, 'ipv4');
  return publicIPv6.check(address, 'ipv6') && !special.check(address, 'ipv6');
}

/**
 * A look-up for `net.connect` that lets only public addresses through. What it answers is what gets connected to, so a
 * name cannot show one address to a check and another to the connection (DNS rebinding).
 */
export function publicOnly(lookup: LookupFunction): LookupFunction {
  return (hostname, options, callback) => {
    lookup(hostname, { ...options, all: true }, (error, found) => {
      if (error !== null) return callback(error, []);
      const addresses = Array.isArray(found) ? found.filter(({ address }) => isPublicAddress(address)) : [];
      const [first] = addresses;
      if (first === undefined) return callback(new Error(`${hostname} has no public address.`), []);
      if (options.all) callback(null, addresses);
      else callback(null, first.address, first.family);
    });
  };
}
