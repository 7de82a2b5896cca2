/** Which addresses this server connects to when it calls others: public ones, and those that the settings name. */
import { BlockList, isIP } from 'node:net';

export interface AddressGuard {
  /** Whether this IP address may be connected to; false for what is none. */
  permits(address: string): boolean;
}

/** The special-purpose addresses of IPv4 (IANA's registry): none of them is a server of somebody else. */
const specialIPv4 = [
  '0.0.0.0/8', // This host.
  '10.0.0.0/8',
  '100.64.0.0/10', // Shared by the customers of a carrier.
  '127.0.0.0/8',
  '168.63.129.16/32', // Azure answers there on every machine of its own.
  '169.254.0.0/16', // Link-local; the metadata of clouds.
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4', // With 255.255.255.255.
];

/** What IPv6 has outside of this is no public server; with it go ::ffff:0:0/96 and 64:ff9b::/96 (NAT64). */
const publicIPv6 = ['2000::/3'];

/** Special within 2000::/3; 6to4 and Teredo hold an IPv4 address that could be any. */
const specialIPv6 = [
  '2001::/23', // With Teredo and benchmarking.
  '2001:db8::/32',
  '2002::/16', // 6to4.
  '3fff::/20',
];

/** `allowed` are addresses and networks such as `10.1.0.0/16` that may be connected to although they are private. */
export function createAddressGuard(allowed: readonly string[] = []): AddressGuard {
  const exceptions = listOf(allowed);
  return {
    permits(address) {
      const version = isIP(address);
      // A zone, as in fe80::1%eth0, is of this machine alone.
      if (version === 0 || address.includes('%')) return false;
      const family = version === 4 ? 'ipv4' : 'ipv6';
      if (exceptions.check(address, family)) return true;
      return !special.check(address, family) && (version === 4 || global.check(address, family));
    },
  };
}

const special = listOf([...specialIPv4, ...specialIPv6]);
const global = listOf(publicIPv6);

function listOf(networks: readonly string[]): BlockList {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', prefix] = network.split('/');
    const family = isIP(address) === 6 ? 'ipv6' : 'ipv4';
    if (prefix === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(prefix), family);
  }
  return list;
}
