import { eq } from 'drizzle-orm';
import type { ApiToken, User } from '../../../domain/people/user';
import type { DataVersion } from '../../../sqlite/data-version';
import type { Db } from '../database';
import { lazy } from '../lazy';
import { given } from '../parameters';
import { reader } from '../rows';
import { apiTokens, users } from '../schema';

/** A token and its user; null if no token has this hash. */
export type TokenReader = (hash: string) => { token: ApiToken; user: User } | null;

/** Caches tokens, because every call presents one. The cache lasts until anything is written. */
export interface KnownTokens {
  byHash: TokenReader;
  /** Drops the cache after a write of this connection. */
  forget(): void;
}

/** The most tokens cached in one thread. */
const MOST_KNOWN = 1_000;

/**
 * Reads through one connection, outside transactions. A revocation takes effect at once, whichever
 * process made it.
 */
export function knownTokens(db: Db, dataVersion: DataVersion): KnownTokens {
  const known = new Map<string, { token: ApiToken; user: User }>();
  let epoch: number | null = null;
  const select = lazy(() =>
    reader(
      db
        .select({ token: apiTokens, user: users })
        .from(apiTokens)
        .innerJoin(users, eq(users.id, apiTokens.userId))
        .where(eq(apiTokens.hash, given('hash'))),
    ),
  );
  return {
    byHash: (hash) => {
      const now = dataVersion.epoch();
      if (now !== epoch || known.size > MOST_KNOWN) known.clear();
      epoch = now;
      const found = known.get(hash) ?? select().get({ hash });
      if (found) known.set(hash, found);
      return found ?? null;
    },
    forget: () => known.clear(),
  };
}
