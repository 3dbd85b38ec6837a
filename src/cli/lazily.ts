/**
 * The action of a command whose code is loaded only when it runs: a command that calls a server must
 * not wait for a database and drivers to load.
 */
export function lazily<Given extends unknown[]>(
  load: () => Promise<(...given: Given) => Promise<void>>,
): (...given: Given) => Promise<void> {
  return async (...given) => (await load())(...given);
}
