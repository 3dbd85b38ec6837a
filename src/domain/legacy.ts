import type { Role } from './people/user';

/*
 * Side data of the legacy APIs: the store keeps it beside the core's, and only the wing in
 * `src/legacy` reads it or decides by it.
 */

/** The VM reservation API's own data about a user. */
export interface VmUser {
  userId: string;
  /** The small integer by which its clients name the user; a deleted user's is not given again. */
  number: number;
  /** Counts in that API only. */
  role: Role;
}

/** The users of the VM reservation API, counted. */
export interface VmUserCounts {
  /** Those who are not deleted, and the admins among them. */
  users: number;
  admins: number;
  /** The highest number in use, also by a deleted user; 0 without any. */
  highest: number;
}
