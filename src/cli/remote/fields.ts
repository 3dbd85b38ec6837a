/** The value at a path such as `resources.0.name`; undefined if there is none. */
export function fieldOf(thing: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (at, name) =>
        typeof at === 'object' && at !== null && Object.hasOwn(at, name)
          ? (at as Record<string, unknown>)[name]
          : undefined,
      thing,
    );
}

/** A value as one line for a shell: a text as it is, nothing for null, the rest as JSON. */
export function lineOf(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The leaves of a thing as shell assignments: `COUNTS_FREE='2'`. */
export function assignmentsOf(thing: unknown, prefix = ''): string[] {
  if (typeof thing !== 'object' || thing === null) return [`${prefix}=${quoted(lineOf(thing))}`];
  return Object.entries(thing).flatMap(([name, value]) =>
    assignmentsOf(value, prefix === '' ? variableOf(name) : `${prefix}_${variableOf(name)}`),
  );
}

/** The name of a variable for that of a field: `endsAt` is `ENDS_AT`. */
export function variableOf(name: string): string {
  const words = name.replace(/([a-z0-9])([A-Z])/g, '$1_$2').replace(/[^A-Za-z0-9]+/g, '_');
  return words.toUpperCase().replace(/^(?=\d)/, '_');
}

/** For a shell, within single quotes. */
export function quoted(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
