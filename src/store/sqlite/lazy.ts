/**
 * Makes a value once, on first use: preparing every statement takes a thread longer than all the
 * rest of its start.
 */
export function lazy<T>(make: () => T): () => T {
  let made: { value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

/** The same for a function, which is made on its first call. */
export function lazily<Arguments extends unknown[], Result>(
  make: () => (...given: Arguments) => Result,
): (...given: Arguments) => Result {
  const made = lazy(make);
  return (...given) => made()(...given);
}
