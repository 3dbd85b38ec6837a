import { DomainError } from '../domain/errors';
import { SCOPES, SYSTEM_PREFIX, type Principal, type User } from '../domain/people/user';
import type { Services } from '../service/services';
import { userByUsername } from '../service/people/by-username';

/** The legacy APIs that act in their own name in open mode. */
export type SystemUser = 'acctpool' | 'containers' | 'vms' | 'tokens' | 'identities';

/** All scopes except those for people. */
const RIGHTS = SCOPES.filter((scope) => scope !== 'admin' && scope !== 'self');

/**
 * The system user of an API, made when first needed. It is never an admin, and nobody can sign in
 * as it.
 */
export async function systemUser(services: Services, name: SystemUser): Promise<Principal> {
  const username = `${SYSTEM_PREFIX}${name}`;
  const user =
    (await userByUsername(services.engine, username)) ?? (await make(services, username, name));
  return {
    userId: user.id,
    userName: user.name,
    role: 'user',
    apiTokenId: null,
    scopes: RIGHTS,
    maxPriority: 0,
    shared: true,
  };
}

async function make({ users, engine }: Services, username: string, name: string): Promise<User> {
  try {
    await users.create(
      { name, username, origin: 'system' },
      { requestId: null, idempotencyKey: null },
    );
  } catch (error) {
    // A concurrent call has just made the user.
    if (!(error instanceof DomainError && error.code === 'conflict')) throw error;
  }
  return (await userByUsername(engine, username))!;
}
