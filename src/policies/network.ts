/** The network that a client's address stands for: who has one IPv6 address has 2^64 of them. */
import { isIPv4, isIPv6 } from 'node:net';

const mapped = /^::ffff:(\d+\.\d+\.\d+\.\d+)$/i;
/** As some proxies write it into `X-Forwarded-For`. */
const withPort = /^(?:\[([^\]]*)\]|(\d+\.\d+\.\d+\.\d+))(?::\d+)?$/;

/**
 * An IPv4 address as it is, of an IPv6 address the first 64 bits; `unknown` for what is neither, so that nobody
 * gets a counter of their own by inventing words.
 */
export function networkOf(address: string): string {
  if (isIPv4(address)) return address;
  const [, ipv6, ipv4] = withPort.exec(address) ?? [];
  return networkOfHost(ipv6 ?? ipv4 ?? address);
}

function networkOfHost(host: string): string {
  const ipv4 = mapped.exec(host)?.[1] ?? host;
  if (isIPv4(ipv4)) return ipv4;
  return isIPv6(host) ? first64Bits(host) : 'unknown';
}

function first64Bits(address: string): string {
  const [head = '', tail = ''] = (address.split('%')[0] ?? '').split('::');
  const [front, back] = [groupsOf(head), groupsOf(tail)];
  const zeros = Array.from({ length: Math.max(0, 8 - front.length - back.length) }, () => '0');
  const groups = [...front, ...zeros, ...back].slice(0, 4);
  return groups.map((group) => Number.parseInt(group, 16).toString(16)).join(':');
}

function groupsOf(part: string): string[] {
  return part === '' ? [] : part.split(':');
}
