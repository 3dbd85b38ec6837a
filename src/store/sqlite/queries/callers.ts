import { eq } from 'drizzle-orm';
import type { CallerIds, CallerRows } from '../../../domain/people/caller';
import type { Db } from '../database';
import { given } from '../parameters';
import { reader } from '../rows';
import { apiTokens, users } from '../schema';

/** Finds the user and the token of a caller. */
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
  return ({ userId, apiTokenId }) => ({
    user: user.get({ userId }) ?? null,
    token: apiTokenId === null ? null : (token.get({ apiTokenId }) ?? null),
  });
}
