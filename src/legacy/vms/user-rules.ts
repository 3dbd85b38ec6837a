import type { Change, Decision } from '../../domain/change';
import { DomainError, notFound } from '../../domain/errors';
import { isVmUser, type VmUser, type VmUserCounts } from '../../domain/legacy';
import { refusedCredential, type CallerRows } from '../../domain/people/caller';
import { isAdmin, type Principal, type Role, type User } from '../../domain/people/user';
import {
  changeUser,
  createUser,
  deleteUser,
  type Neighbours,
  type NewUser,
  type UserFields,
} from '../../domain/people/users';

/** A user of this API with the data that it keeps about them. */
export interface KnownVmUser {
  user: User;
  vmUser: VmUser;
}

/** The state that a decision about one user of this API needs. */
export interface VmUserState extends Neighbours {
  user: User | null;
  vmUser: VmUser | null;
  vmUsers: VmUserCounts;
  /** Reservations of the user that have not ended. */
  live: number;
  /** The caller whose rights are checked again, and this API's data about them. */
  caller?: CallerRows;
  callerVm?: VmUser | null;
}

/**
 * Checks again that the caller is an admin of this API: they may have been demoted while a password
 * was hashed. Errors: `unauthenticated`.
 */
export function requireVmAdmin(principal: Principal, { caller, callerVm }: VmUserState): void {
  const found = caller?.user && callerVm ? { user: caller.user, vmUser: callerVm } : null;
  if (!isVmAdmin(principal, found)) throw refusedCredential();
}

/** The fields of a user that this API can change. */
export type VmUserFields = Pick<UserFields, 'name' | 'email' | 'passwordHash'>;

/** Does the user still exist for this API? Others only keep their numbers. */
export function isPresent(found: KnownVmUser | null): found is KnownVmUser {
  return found !== null && isVmUser(found);
}

/**
 * Does nothing but this API know the user? Its admins rule over such users only. All others could
 * be reached elsewhere by a password that was set here.
 */
function isOfThisApiAlone({ origin, role }: User): boolean {
  return origin === 'vms' && role === 'user';
}

/**
 * Is the caller an admin of this API? Holdfast's admins are. The API's own admins are when they
 * call in person: by password, or with the scope `self`.
 */
export function isVmAdmin(principal: Principal, found: KnownVmUser | null): boolean {
  if (isAdmin(principal)) return true;
  return isPresent(found) && found.vmUser.role === 'admin' && principal.scopes.includes('self');
}

/**
 * Makes a user of this API; the first one becomes its admin. `unasked`: the caller has no
 * credential, which is allowed only for the first user. Errors: `already_set_up`, `conflict` with
 * the taken field.
 */
export function createVmUser(
  state: VmUserState,
  user: NewUser,
  role: Role,
  unasked: boolean,
): Decision<string> {
  const isFirst = state.vmUsers.users === 0;
  if (unasked && !isFirst) throw notTheFirst();
  const { changes, value } = createUser(state, user);
  const enrolled = enrol(state, user.id, isFirst ? 'admin' : role);
  return { changes: [...changes, enrolled], value };
}

/** The error for anybody who adds another user than the first without a credential. */
export function notTheFirst(): DomainError {
  return new DomainError('already_set_up', 'Only an admin adds users.');
}

/** Makes a user of Holdfast a user of this API, under the next free number unless one is given. */
export function enrol(
  { vmUsers }: VmUserState,
  userId: string,
  role: Role,
  number?: number,
): Change {
  return { do: 'putVmUser', vmUser: { userId, number: number ?? vmUsers.highest + 1, role } };
}

/**
 * Changes a user of this API; `by` says who asks. An address that is set here proves nothing. Of a
 * user whom others know, too, an admin can only take away the role of an admin.
 * Errors: `not_found`, `forbidden`, `conflict` (the address is taken, or the last admin would go).
 */
export function changeVmUser(
  state: VmUserState,
  id: string,
  { role, ...fields }: VmUserFields & { role?: Role },
  by: 'self' | 'admin',
  now: number,
): Decision<string> {
  const { user, vmUser } = requireOwn(state, id, by);
  if (by === 'admin' && !isOfThisApiAlone(user)) requireOnlyLess(user, fields, role);
  if (by === 'self' && role === 'admin' && vmUser.role !== 'admin')
    throw new DomainError('forbidden', 'You cannot raise your own role.', 'role');
  const set: UserFields =
    fields.email === undefined ? fields : { ...fields, emailSelfDeclared: true };
  const change = { id, set, by: by === 'self' ? by : 'other', expected: null, now } as const;
  const changes = Object.keys(set).length === 0 ? [] : changeUser(state, user, change).changes;
  return { changes: [...changes, ...roleChange(state, vmUser, role)], value: id };
}

/** Errors: `forbidden`. */
function requireOnlyLess({ name }: User, fields: VmUserFields, role: Role | undefined): void {
  const isLess = Object.keys(fields).length === 0 && role !== 'admin';
  if (!isLess) throw new DomainError('forbidden', `${name} is not a user of this API alone.`);
}

function roleChange({ vmUsers }: VmUserState, vmUser: VmUser, role: Role | undefined): Change[] {
  if (role === undefined || role === vmUser.role) return [];
  if (role === 'user' && vmUsers.admins <= 1)
    throw new DomainError(
      'conflict',
      'This is the last admin; promote somebody else first.',
      'role',
    );
  return setRole(vmUser, role);
}

function setRole(vmUser: VmUser, role: VmUser['role']): Change[] {
  const data = { fields: 'vmRole' };
  return [
    { do: 'putVmUser', vmUser: { ...vmUser, role } },
    { do: 'append', event: { type: 'user.changed', userId: vmUser.userId, data } },
  ];
}

/**
 * Removes a user who holds nothing any more: disables one of this API alone, and takes away the
 * role of any other. Errors: `not_found`, `forbidden`, `in_use`.
 */
export function deleteVmUser(state: VmUserState, id: string, now: number): Decision<string> {
  const { user, vmUser } = requireOwn(state, id, 'admin');
  if (state.live > 0)
    throw new DomainError('in_use', `${user.name} holds something; it has to be given back first.`);
  return isOfThisApiAlone(user)
    ? deleteUser(state, user, id, now)
    : { changes: setRole(vmUser, 'none'), value: id };
}

/**
 * Removes a user from this API, and deletes them if this API made them. Numbers begin again once
 * everybody is removed. The value says whether the user was deleted.
 */
export function leaveVms(state: VmUserState, id: string, now: number): Decision<boolean> {
  const { user } = state;
  const drop: Change = { do: 'dropVmUser', userId: id };
  const isOurs = user?.disabledAt === null && isOfThisApiAlone(user);
  if (!isOurs) return { changes: [drop], value: false };
  return { changes: [...deleteUser(state, user, id, now).changes, drop], value: true };
}

/**
 * Admins of this API have no rights over Holdfast's own admins; by setting their passwords they
 * could become one.
 */
function requireOwn({ user, vmUser }: VmUserState, id: string, by: 'self' | 'admin'): KnownVmUser {
  const found = user && vmUser && { user, vmUser };
  if (!isPresent(found)) throw notFound('user', id);
  if (by === 'admin' && found.user.role === 'admin')
    throw new DomainError('forbidden', `${found.user.name} is an admin of Holdfast.`);
  return found;
}
