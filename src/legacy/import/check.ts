import type { ImportFile } from '../../api/import-file';
import { DomainError } from '../../domain/errors';
import type { Kind } from '../../domain/pools/pool';
import { comparable, type User } from '../../domain/people/user';
import { requireSimulationMeant } from '../../domain/pools/simulation';
import type { Engine } from '../../service/engine';
import { userByUsername } from '../../service/people/by-username';

/**
 * Checks that the entries name only pools, types and people that exist, and that no pool only
 * pretends unless it is meant to; people may also be in the file. Errors: `invalid` and
 * `unsupported` with the field of the file.
 */
export async function checkNames(
  engine: Engine,
  { users, apiTokens, accounts, vms, tokens }: ImportFile,
): Promise<void> {
  const coming = new Set(
    users
      .flatMap(({ email, username }) => [email, username])
      .filter((name) => name !== undefined)
      .map(comparable),
  );
  const checkPerson = async (person: string | undefined, at: string) => {
    if (person !== undefined && !coming.has(comparable(person)))
      await requirePerson(engine, person, at);
  };
  for (const [index, { user }] of apiTokens.entries())
    await checkPerson(user, `apiTokens[${index}].user`);
  for (const [index, { heldBy }] of vms.entries())
    await checkPerson(heldBy, `vms[${index}].heldBy`);
  await checkPools(engine, 'accounts', accounts, 'account');
  await checkPools(engine, 'vms', vms, 'vm');
  await checkPools(engine, 'tokens', tokens, 'token');
}

async function checkPools(
  engine: Engine,
  list: string,
  entries: { pool: string; type?: string | undefined }[],
  kind: Kind,
): Promise<void> {
  for (const [index, { pool: name, type }] of entries.entries()) {
    const at = `${list}[${index}]`;
    const pool = await engine.store.read.pool(name);
    if (!pool) throw new DomainError('invalid', `There is no pool ${name}.`, `${at}.pool`);
    if (pool.kind !== kind)
      throw new DomainError('invalid', `Pool ${name} is not of kind ${kind}.`, `${at}.pool`);
    requireSimulationMeant(pool, `${at}.pool`);
    if (type !== undefined && !pool.types.some((entry) => entry.name === type))
      throw new DomainError('invalid', `Pool ${name} has no type ${type}.`, `${at}.type`);
  }
}

/** Finds a user by e-mail address or username. Errors: `invalid` with the field `at`. */
export async function requirePerson(engine: Engine, person: string, at: string): Promise<User> {
  const found = await findPerson(engine, person);
  if (!found) throw new DomainError('invalid', `There is no user ${person}.`, at);
  return found;
}

/** Finds a user by e-mail address or username; null without one. */
export function findPerson(engine: Engine, person: string): Promise<User | null> {
  return person.includes('@')
    ? engine.store.read.userByEmail(comparable(person))
    : userByUsername(engine, person);
}
