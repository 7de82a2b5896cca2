/** Where the server does not go when it calls others, however the way there is written. */
import { describe, expect, test } from '@jest/globals';
import type { LookupAddress } from 'node:dns';
import { createAddressGuard } from '#platform/outbound/addresses.ts';
import { guardedConnector } from '#platform/outbound/connector.ts';
import type { Connector, Resolve } from '#platform/outbound/connector.ts';
import { callOnce } from '../support/outbound.ts';
import { outsideWorld, sendJson, startUpstream } from '../support/upstream.ts';

const blocked = /^failed: it leads to .* no public address and not in OUTBOUND_ALLOWED_NETWORKS$/;

describe('an address that is not public', () => {
  const { permits } = createAddressGuard();

  test.each([
    ['unspecified', ['0.0.0.0', '0.1.2.3', '::']],
    ['loopback', ['127.0.0.1', '127.255.255.255', '::1']],
    ['private', ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1', 'fc00::1', 'fd00:ec2::254']],
    ['of a carrier', ['100.64.0.1', '100.100.100.200', '100.127.255.255']],
    ['of one interface', ['2606:4700:4700::1111%eth0', '::1%lo']],
    ['link-local', ['169.254.169.254', 'fe80::1', 'fe80::1%eth0', 'febf::1']],
    ['of a network’s own use', ['192.0.0.192', '192.88.99.1', '198.18.0.1', '198.19.255.255', 'fec0::1']],
    ['of the documentation', ['192.0.2.1', '198.51.100.1', '203.0.113.1', '2001:db8::1', '3fff::1']],
    ['multicast or broadcast', ['224.0.0.1', '239.1.2.3', '240.0.0.1', '255.255.255.255', 'ff02::1']],
    ['IPv4 in IPv6', ['::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '::ffff:0:127.0.0.1']],
    ['IPv4 behind NAT64', ['64:ff9b::7f00:1', '64:ff9b::a9fe:a9fe', '64:ff9b:1::1']],
    ['IPv4 in 6to4 and Teredo', ['2002:7f00:1::', '2002:a9fe:a9fe::1', '2001:0:7f00:1::', '2001::1']],
    ['of the machine’s own cloud', ['168.63.129.16', '169.254.170.2']],
    ['none at all', ['', 'localhost', '127.1', '2130706433', '0x7f.0.0.1', '1.2.3', '::g']],
  ])('is refused: %s', (_kind, addresses) => {
    expect(addresses.filter(permits)).toEqual([]);
  });

  test.each([
    '8.8.8.8',
    '1.1.1.1',
    '100.63.255.255',
    '100.128.0.1',
    '172.15.0.1',
    '172.32.0.1',
    '198.17.0.1',
  ])('is not %s', (address) => expect(permits(address)).toBe(true));

  test.each(['2606:4700:4700::1111', '2a00:1450:4001::1', '2400:cb00::1'])('is not %s', (address) => {
    expect(permits(address)).toBe(true);
  });

  test('may be named by the settings, it alone or its network', () => {
    const guard = createAddressGuard(['10.1.0.0/16', '127.0.0.1', 'fd00:1::/32']);
    const permitted = ['10.1.2.3', '127.0.0.1', '::ffff:10.1.2.3', 'fd00:1::5', '8.8.8.8'];
    const refused = ['10.2.0.1', '127.0.0.2', 'fd00:2::1', '169.254.169.254'];
    expect(permitted.map(guard.permits)).toEqual(permitted.map(() => true));
    expect(refused.map(guard.permits)).toEqual(refused.map(() => false));
  });
});

describe('a loopback server is not reached', () => {
  test.each([
    '127.0.0.1',
    '2130706433',
    '0x7f.1',
    '0x7f000001',
    '0177.0.0.1',
    '127.1',
    '①②⑦.0.0.1',
    '%31%32%37.0.0.1',
    '127.0.0.1.',
    '0.0.0.0',
    '0',
    'localhost',
    'LOCALHOST',
    '[::1]',
    '[::]',
    '[::ffff:127.0.0.1]',
    '[::ffff:7f00:1]',
    '[64:ff9b::7f00:1]',
    '[2002:7f00:1::]',
  ])('by http://%s', async (host) => {
    await using upstream = await startUpstream((_request, response) => sendJson(response, 'secret'));
    const outcome = await callOnce(`http://${host}:${upstream.port}/`, { allowedNetworks: [] });
    expect(outcome).toMatch(blocked);
    expect(upstream.sockets).toHaveLength(0);
  });

  test('by a redirect', async () => {
    await using inner = await startUpstream((_request, response) => sendJson(response, 'secret'));
    await using outer = await startUpstream((_request, response) => {
      response.writeHead(302, { Location: `http://127.0.0.1:${inner.port}/admin` }).end();
    });
    const connect = outsideWorld({ 'outer.test': outer.port });
    const outcome = await callOnce('http://outer.test/', { allowedNetworks: [], connect });
    expect(outcome).toMatch(blocked);
    expect([outer.requests.length, inner.sockets.length]).toEqual([1, 0]);
  });

  test('by the metadata address of a cloud', async () => {
    const outcome = await callOnce('http://169.254.169.254/latest/meta-data', { allowedNetworks: [] });
    expect(outcome).toMatch(blocked);
  });
});

describe('a name', () => {
  const inner = { address: '127.0.0.1', family: 4 };
  const outer = { address: '203.0.113.7', family: 4 };
  // As if an address of the documentation were public.
  const guard = { permits: (address: string) => address === outer.address };

  test.each([
    ['to a private address', [inner]],
    ['to a private address besides a public one', [outer, inner]],
  ])('is refused when it leads %s', async (_title, addresses) => {
    await using upstream = await startUpstream((_request, response) => sendJson(response, 'secret'));
    const connect = guardedConnector(guard, resolveTo(addresses));
    expect(await callOnce(`http://rebound.test:${upstream.port}/`, { connect })).toMatch(blocked);
    expect(upstream.sockets).toHaveLength(0);
  });

  test('is looked up once a connection, and connected to what was looked up', async () => {
    await using upstream = await startUpstream((_request, response) => sendJson(response, 'mine'));
    const asked: string[] = [];
    // The second answer is the one of an attacker.
    const resolve: Resolve = (name, _options, callback) => {
      asked.push(name);
      callback(null, [asked.length === 1 ? inner : outer]);
    };
    const connect = guardedConnector(createAddressGuard(['127.0.0.1']), resolve);
    expect(await callOnce(`http://source.test:${upstream.port}/`, { connect })).toBe('mine');
    expect(asked).toEqual(['source.test']);
  });

  test('is not trusted any further than to where the connection really leads', async () => {
    await using upstream = await startUpstream((_request, response) => sendJson(response, 'secret'));
    let judged = 0;
    const onceFooled = { permits: () => (judged += 1) === 1 };
    const connect = guardedConnector(onceFooled, resolveTo([inner]));
    expect(await callOnce(`http://source.test:${upstream.port}/`, { connect })).toMatch(blocked);
    expect(upstream.requests).toHaveLength(0);
  });

  test('that nobody knows cannot be reached', async () => {
    const notFound: Resolve = (_name, _options, callback) => {
      callback(Object.assign(new Error('getaddrinfo ENOTFOUND'), { code: 'ENOTFOUND' }), []);
    };
    const connect: Connector = guardedConnector(createAddressGuard(), notFound);
    expect(await callOnce('http://nobody.test/', { connect })).toBe('unavailable: it cannot be reached');
  });
});

function resolveTo(addresses: LookupAddress[]): Resolve {
  return (_name, _options, callback) => callback(null, addresses);
}
