/** A user, as far as the name goes. */
interface Named {
  id: string;
  username: string | null;
}

/**
 * Usernames that differ in case only are one name; the spelling that was chosen is shown. Earlier
 * versions let in such pairs, and both users stay: each is found by the exact spelling only.
 *
 * The user meant by `username`, out of those whose names differ from it in case at most: the one
 * spelled like it, or the only one; null otherwise.
 */
export function userNamed<User extends Named>(
  alike: readonly User[],
  username: string,
): User | null {
  const exact = alike.find((user) => user.username === username);
  return exact ?? (alike.length === 1 ? alike[0]! : null);
}

/**
 * The user who stands in the way of `username` for the user `id` (null for a new one): one spelled
 * like it, or anybody else whose name differs in case only. Returns the user `id` themselves if
 * only they have it, or spell it so already.
 */
export function namesake<User extends Named>(
  alike: readonly User[],
  username: string,
  id: string | null,
): User | null {
  const exact = alike.find((user) => user.username === username);
  return exact ?? alike.find((user) => user.id !== id) ?? alike[0] ?? null;
}
