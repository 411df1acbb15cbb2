/** How many requests each address has in flight; remembers an address only as long as it has one. */

export interface InFlight {
  /** False when the address has its share already; else its request counts until `leave`. */
  enter(address: string): boolean;
  leave(address: string): void;
  /** Addresses that have a request in flight: never more than there are requests. */
  readonly addresses: number;
}

export function createInFlight(maxPerAddress: number): InFlight {
  const counts = new Map<string, number>();
  return {
    enter(address) {
      const count = counts.get(address) ?? 0;
      if (count >= maxPerAddress) return false;
      counts.set(address, count + 1);
      return true;
    },
    leave(address) {
      const count = counts.get(address) ?? 0;
      if (count > 1) counts.set(address, count - 1);
      else counts.delete(address);
    },
    get addresses() {
      return counts.size;
    },
  };
}
