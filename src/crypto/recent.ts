/** A set of keys that are forgotten after a while. */
export interface Recent {
  add(key: string): void;
  has(key: string): boolean;
}

/**
 * Remembers at most `limit` keys, each for `ttl` ms after it was added, and drops the least recently
 * used one first.
 */
export function recent(limit: number, ttl: number, now: () => number): Recent {
  const expiries = new Map<string, number>();

  function put(key: string, expiry: number): void {
    // A Map keeps the order of insertion, so the first key is the least recently used.
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
