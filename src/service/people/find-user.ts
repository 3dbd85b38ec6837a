import { DomainError } from '../../domain/errors';
import type { Field } from '../../domain/field';
import { comparable, isAdmin, type Principal, type User } from '../../domain/people/user';
import type { Engine } from '../engine';
import { userByUsername } from './by-username';

/**
 * Finds a user by id, e-mail address, username or name, in that order. `field`: the input that names
 * the user, for the error. Errors: `not_found`; `invalid` if several have that name.
 */
export async function findUser(engine: Engine, text: string, field: Field): Promise<User> {
  const { read } = engine.store;
  const known =
    (await read.userById(text)) ??
    (text.includes('@') ? await read.userByEmail(comparable(text)) : null) ??
    (await userByUsername(engine, text));
  if (known) return known;
  const [called, other] = await read.usersCalled(text, 2);
  if (other)
    throw new DomainError('invalid', `Several users are called ${text}; give an id.`, field);
  if (!called) throw new DomainError('not_found', `There is no user ${text}.`, field);
  return called;
}

/**
 * The id of the user for whom a principal asks (`findUser`). Errors: `forbidden` unless they are an
 * admin, with the field `onBehalfOf`; as `findUser`.
 */
export async function holderOf(
  engine: Engine,
  principal: Principal,
  user: string,
): Promise<string> {
  if (!isAdmin(principal))
    throw new DomainError('forbidden', 'Only admins ask on behalf of others.', 'onBehalfOf');
  return (await findUser(engine, user, 'onBehalfOf')).id;
}
