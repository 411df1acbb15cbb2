/** Whose request it is: the address of the connection, or what as many proxies as are trusted say it was. */
import { isIPv4, isIPv6 } from 'node:net';

/** What limits count by where a request cannot be told from others: its connection is gone, or was never one. */
export const UNKNOWN_ADDRESS = 'unknown';

export interface AddressSource {
  requestIP(request: Request): { readonly address: string } | null;
}

export interface ClientAddresses {
  /** Notes whose request it is; must be called while its connection stands. */
  learn(request: Request, server: AddressSource | null): string;
  /** What `learn` noted: an IPv4 address, or the /64 network of an IPv6 one. */
  of(request: Request): string;
}

/** `trustedProxies` 0: X-Forwarded-For is ignored; n: its n-th entry from the right counts. */
export function createClientAddresses(trustedProxies: number): ClientAddresses {
  const known = new WeakMap<Request, string>();
  return {
    learn(request, server) {
      const peer = server?.requestIP(request)?.address ?? '';
      const forwarded = forwardedAddress(request.headers.get('x-forwarded-for'), trustedProxies);
      const address = networkOf(forwarded ?? '') ?? networkOf(peer) ?? UNKNOWN_ADDRESS;
      known.set(request, address);
      return address;
    },
    of: (request) => known.get(request) ?? UNKNOWN_ADDRESS,
  };
}

/** A list shorter than the row of proxies did not come through all of them: its entries are the caller's own. */
function forwardedAddress(header: string | null, trustedProxies: number): string | undefined {
  if (header === null || trustedProxies === 0) return undefined;
  const entries = header.split(',');
  return entries[entries.length - trustedProxies]?.trim();
}

/**
 * The address itself for IPv4, its first 64 bits for IPv6: a subscriber owns a whole /64, and could be anyone of 2^64.
 * Undefined for what is no address. Some proxies write a port behind it.
 */
export function networkOf(value: string): string | undefined {
  const [, bracketed] = /^\[([^\]]*)\](?::\d+)?$/.exec(value) ?? [];
  const [, beforePort] = /^([\d.]+):\d+$/.exec(value) ?? [];
  const address = (bracketed ?? beforePort ?? value).replace(/%.*$/, '');
  if (isIPv4(address)) return address;
  if (!isIPv6(address)) return undefined;
  const groups = groupsOf(address);
  const [mapped, high = 0, low = 0] = [groups.slice(0, 6), groups[6], groups[7]];
  if (mapped.join(':') === '0:0:0:0:0:65535') {
    return [high >> 8, high & 0xff, low >> 8, low & 0xff].join('.');
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.toString(16))
    .join(':')}::/64`;
}

function groupsOf(address: string): number[] {
  // The URL parser writes any form of an IPv6 address as groups of hexadecimal digits with at most one "::".
  const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1);
  const [head = '', tail] = canonical.split('::');
  const numbers = (part: string) =>
    part === '' ? [] : part.split(':').map((group) => Number.parseInt(group, 16));
  const before = numbers(head);
  if (tail === undefined) return before;
  const after = numbers(tail);
  const zeros = Array.from({ length: 8 - before.length - after.length }, () => 0);
  return [...before, ...zeros, ...after];
}
