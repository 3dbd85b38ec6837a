/** Files of this program are for its user alone, even in a directory that others can read. */
const PRIVATE = 0o077;

let inherited: number | null = null;

/** From now on, only the user may read files that this program makes: databases, backups, keys. */
export function keepFilesPrivate(): void {
  inherited ??= process.umask(PRIVATE);
}

/**
 * Runs `start`, which starts a program of the user's, with the file mode mask that we were given:
 * files that it makes are none of our business.
 */
export function withInheritedUmask<T>(start: () => T): T {
  if (inherited === null) return start();
  const ours = process.umask(inherited);
  try {
    return start();
  } finally {
    process.umask(ours);
  }
}
