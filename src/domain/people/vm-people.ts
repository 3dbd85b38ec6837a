import type { Decision } from '../change';
import { DomainError, notFound } from '../errors';
import { isAdmin, type Principal, type User } from './user';
import {
  changeUser,
  createUser,
  deleteUser,
  type Neighbours,
  type NewUser,
  type UserFields,
} from './users';

/** Who exists already, and how much the user at hand has borrowed. */
export interface VmNeighbours extends Neighbours {
  user: User | null;
  live: number;
}

/** Somebody whom the VM reservation API knows. */
export function isVmUser(user: User | null): user is User & { vmNumber: number } {
  return user !== null && user.disabledAt === null && user.vmRole !== null;
}

/**
 * Is this an admin there? One of Holdfast is, and one of its own who comes in person: by password,
 * or with the scope `self`.
 */
export function isVmAdmin(principal: Principal, user: User | null): boolean {
  return (
    isAdmin(principal) ||
    (isVmUser(user) && user.vmRole === 'admin' && principal.scopes.includes('self'))
  );
}

/**
 * Makes a user there; the first one becomes its admin. `unasked`: nobody vouches for the user,
 * which only the first may. Errors: `already_set_up`, `conflict` with the field that is taken.
 */
export function createVmUser(
  neighbours: VmNeighbours,
  user: NewUser,
  unasked: boolean,
): Decision<string> {
  const first = neighbours.vm.users === 0;
  if (unasked && !first) throw notTheFirst();
  return createUser(neighbours, { ...user, vmRole: first ? 'admin' : user.vmRole });
}

/** Only the first user comes unasked. */
export function notTheFirst(): DomainError {
  return new DomainError('already_set_up', 'Only an admin adds users.');
}

/**
 * Changes a user there. `by`: themselves or an admin. Errors: `not_found`, `forbidden`, `conflict`.
 */
export function changeVmUser(
  neighbours: VmNeighbours,
  id: string,
  set: UserFields,
  by: 'self' | 'admin',
): Decision<string> {
  const user = requireOwn(neighbours, id, by);
  if (by === 'self' && set.vmRole === 'admin' && user.vmRole !== 'admin')
    throw new DomainError('forbidden', 'Nobody raises their own role.', 'role');
  return changeUser(neighbours, user, id, set, null);
}

/** Shuts a user out who has given everything back. Errors: `not_found`, `forbidden`, `in_use`. */
export function deleteVmUser(neighbours: VmNeighbours, id: string, now: number): Decision<string> {
  const user = requireOwn(neighbours, id, 'admin');
  if (neighbours.live > 0)
    throw new DomainError('in_use', `${user.name} holds something; it is to be given back first.`);
  return deleteUser(neighbours, user, id, now);
}

/**
 * Takes a user out of that API, and for good if it made them; numbering begins again when all are
 * out. The value: for good?
 */
export function leaveVms(neighbours: VmNeighbours, id: string, now: number): Decision<boolean> {
  const { user } = neighbours;
  const forget = { vmRole: null, vmNumber: null };
  const ours = isVmUser(user) && user.origin === 'vms' && user.role === 'user';
  if (!ours) return { changes: [{ do: 'setUser', id, set: forget }], value: false };
  return {
    changes: [...deleteUser(neighbours, user, id, now).changes, { do: 'setUser', id, set: forget }],
    value: true,
  };
}

/**
 * An admin there has no say over Holdfast's own admins: a new password would be a way to become
 * one.
 */
function requireOwn({ user }: VmNeighbours, id: string, by: 'self' | 'admin'): User {
  if (!isVmUser(user)) throw notFound('user', id);
  if (by === 'admin' && user.role === 'admin')
    throw new DomainError('forbidden', `${user.name} is an admin of Holdfast.`);
  return user;
}
