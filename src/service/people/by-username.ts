import type { User } from '../../domain/people/user';
import { userNamed } from '../../domain/people/usernames';
import type { Engine } from '../engine';

/** Returns the user of a username, in any case; null without one. */
export async function userByUsername({ store }: Engine, username: string): Promise<User | null> {
  return userNamed(await store.read.usersByName(username), username);
}
