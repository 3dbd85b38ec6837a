import { eq } from 'drizzle-orm';
import type { CallerIds, CallerRows } from '../../../domain/people/caller';
import type { Db } from '../database';
import { given } from '../parameters';
import { sessionLookUp } from '../people-look-ups';
import { reader } from '../rows';
import { apiTokens, users } from '../schema';

/** Finds the user, the token and the session of a caller. */
export function callerReader(db: Db): (ids: CallerIds) => CallerRows {
  const user = reader(
    db
      .select()
      .from(users)
      .where(eq(users.id, given('userId'))),
  );
  const token = reader(
    db
      .select()
      .from(apiTokens)
      .where(eq(apiTokens.id, given('apiTokenId'))),
  );
  const sessions = sessionLookUp(db);
  return ({ userId, apiTokenId, session }) => ({
    user: user.get({ userId }) ?? null,
    token: apiTokenId === null ? null : (token.get({ apiTokenId }) ?? null),
    ...(session ? { session: sessions.get({ id: session.id }) ?? null } : {}),
  });
}
