/**
 * Makes a thing when it is first wanted, and once: preparing every statement takes a thread longer
 * than all else it does at its start.
 */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** The same for a function: what it needs is made at its first call. */
export function lazily<Arguments extends unknown[], Result>(
  make: () => (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  const made = lazy(make);
  return (...given) => made()(...given);
}
