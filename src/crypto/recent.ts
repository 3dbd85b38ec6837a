/** Keys remembered for a while. */
export interface Recent {
  add(key: string): void;
  has(key: string): boolean;
}

/**
 * Remembers at most `limit` keys, each for `ttl` ms after it was added; the least recently used one
 * goes first.
 */
export function recent(limit: number, ttl: number, now: () => number): Recent {
  const expiries = new Map<string, number>();

  function put(key: string, expiry: number): void {
    // A Map keeps the order of insertion: the first key is the one that was used longest ago.
    expiries.delete(key);
    expiries.set(key, expiry);
    if (expiries.size > limit) expiries.delete(expiries.keys().next().value!);
  }

  return {
    add: (key) => put(key, now() + ttl),
    has(key) {
      const expiry = expiries.get(key);
      if (expiry === undefined) return false;
      if (expiry > now()) {
        put(key, expiry);
        return true;
      }
      expiries.delete(key);
      return false;
    },
  };
}
