import { eq, sql } from 'drizzle-orm';
import type { ApiToken, User } from '../../../domain/people/user';
import type { DataVersion } from '../../../sqlite/data-version';
import type { Db } from '../database';
import { lazy } from '../lazy';
import { reader } from '../rows';
import { apiTokens, users } from '../schema';

/** A token and whose it is; null where there is none of this hash. */
export type TokenReader = (hash: string) => { token: ApiToken; user: User } | null;

/** Every call shows a token: who is here again is known, until anybody writes anything. */
export interface KnownTokens {
  byHash: TokenReader;
  /** This connection has written. */
  forget(): void;
}

/** Tokens of which a thread keeps in mind whose they are. */
const MOST_KNOWN = 1_000;

/**
 * Reads through one connection, outside of transactions. A revocation takes effect at once, in
 * whatever process it was made.
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
        .where(eq(apiTokens.hash, sql.placeholder('hash'))),
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
