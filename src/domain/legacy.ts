import type { Role, User } from './people/user';

/*
 * Data that only the legacy APIs use. The store keeps it beside the core's data; only `src/legacy`
 * reads it or bases decisions on it.
 */

/** The VM reservation API's own data about a user. */
export interface VmUser {
  userId: string;
  /**
   * The small integer by which its clients refer to the user. Numbers of deleted users are not
   * reused.
   */
  number: number;
  /** The role in that API; it means nothing elsewhere. `none`: taken away, only the number is kept. */
  role: Role | 'none';
}

/** Does that API still know the user? It keeps the numbers of those who are gone. */
export function isVmUser({ user, vmUser }: { user: User; vmUser: VmUser }): boolean {
  return user.disabledAt === null && vmUser.role !== 'none';
}

/** Counts of the users of the VM reservation API. */
export interface VmUserCounts {
  /** Users that are neither deleted nor without a role, and the admins among them. */
  users: number;
  admins: number;
  /** The highest number ever given, deleted users included; 0 without any. */
  highest: number;
}
