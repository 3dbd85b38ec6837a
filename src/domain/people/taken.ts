import type { Change } from '../change';
import { changedIn } from '../event';
import { DomainError } from '../errors';
import type { User } from './user';
import { namesake } from './usernames';

/** The other users that matter to a decision about one user. */
export interface Neighbours {
  sameEmail: User | null;
  /** The users of the wanted username, in any case. */
  sameUsername: User[];
  admins: number;
}

/**
 * Does the address of this user give way to one that somebody vouches for? An address that its user
 * chose freely proves nothing and must not keep its owner out. An admin keeps it: losing it could
 * shut them out.
 */
export function givesWay({ emailSelfDeclared, role }: User): boolean {
  return emailSelfDeclared && role !== 'admin';
}

/** The user, or the new values of one, whose address and name have to be free. */
export type Wanted = { id: string } & Partial<Pick<User, 'username' | 'emailSelfDeclared'>>;

/** Takes the address from another user, whom `checkFree` has found to give way. */
export function takeOver({ sameEmail }: Neighbours, { id }: Wanted): Change[] {
  if (!sameEmail || sameEmail.id === id) return [];
  const { id: userId, version } = sameEmail;
  const changed = changedIn(sameEmail, { email: null }, ['email']);
  return [
    { do: 'setUser', id: userId, set: { email: null, version: version + 1 } },
    {
      do: 'append',
      event: { type: 'user.changed', userId, data: { fields: 'email' }, ...changed },
    },
  ];
}

/** Checks that nobody else has the address or name. Errors: `conflict` with the field. */
export function checkFree(
  { sameEmail, sameUsername }: Neighbours,
  { id, username, emailSelfDeclared }: Wanted,
): void {
  const isTaken = sameEmail !== null && sameEmail.id !== id;
  if (isTaken && (emailSelfDeclared !== false || !givesWay(sameEmail)))
    throw new DomainError('conflict', 'A user with this e-mail address exists already.', 'email');
  const other = namesake(sameUsername, username ?? '', id);
  if (other && other.id !== id)
    throw new DomainError('conflict', 'This username is taken.', 'username');
}
