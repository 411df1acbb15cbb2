import { describe, expect, it } from 'vitest';
import { UNKNOWN_ADDRESS, createClientAddresses, networkOf } from './client-address.ts';

const PEER = { requestIP: () => ({ address: '10.0.0.9' }) };

function addressOf(trustedProxies: number, forwarded?: string, server = PEER): string {
  const headers: Record<string, string> =
    forwarded === undefined ? {} : { 'X-Forwarded-For': forwarded };
  const request = new Request('http://localhost/', { headers });
  const addresses = createClientAddresses(trustedProxies);
  addresses.learn(request, server);
  return addresses.of(request);
}

describe('the address of a client', () => {
  it('is that of the connection, whatever the client claims, when no proxy is trusted', () => {
    expect(addressOf(0)).toBe('10.0.0.9');
    expect(addressOf(0, '203.0.113.1')).toBe('10.0.0.9');
  });

  it('is the entry that the outermost trusted proxy wrote', () => {
    expect(addressOf(1, '203.0.113.1')).toBe('203.0.113.1');
    expect(addressOf(1, 'forged, 198.51.100.7')).toBe('198.51.100.7');
    expect(addressOf(2, '192.0.2.66, 198.51.100.7, 10.1.1.1')).toBe('198.51.100.7');
  });

  it('is that of the connection when fewer proxies wrote than are trusted, or nonsense', () => {
    expect(addressOf(2, '203.0.113.1')).toBe('10.0.0.9');
    expect(addressOf(1, 'unknown')).toBe('10.0.0.9');
    expect(addressOf(1, '')).toBe('10.0.0.9');
  });

  it('has a name of its own when nobody knows it', () => {
    const addresses = createClientAddresses(0);
    const request = new Request('http://localhost/');
    expect(addresses.of(request)).toBe(UNKNOWN_ADDRESS);
    expect(addresses.learn(request, null)).toBe(UNKNOWN_ADDRESS);
  });

  it.each([
    ['203.0.113.1', '203.0.113.1'],
    ['203.0.113.1:49152', '203.0.113.1'],
    ['::ffff:203.0.113.1', '203.0.113.1'],
    ['::FFFF:cb00:7101', '203.0.113.1'],
    ['2001:db8:1:2:3:4:5:6', '2001:db8:1:2::/64'],
    ['2001:0db8:0001:0002::ffff', '2001:db8:1:2::/64'],
    ['[2001:db8:1:2::1]:443', '2001:db8:1:2::/64'],
    ['fe80::1%eth0', 'fe80:0:0:0::/64'],
    ['::1', '0:0:0:0::/64'],
    ['2001:db8::1:2:3:4:5', '2001:db8:0:1::/64'],
    ['nobody', undefined],
    ['256.1.1.1', undefined],
    ['[2001:db8::1', undefined],
    ['', undefined],
  ])('%s is counted as %s', (value, network) => {
    expect(networkOf(value)).toBe(network);
  });
});
