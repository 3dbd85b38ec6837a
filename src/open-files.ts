/** The most connections unless the operator says otherwise, however many files may be open. */
const MOST = 10_000;
/** Files that a server opens besides: databases in all its threads, drivers, backups. */
const OWN_FILES = 120;
const LEAST = 20;

/** How many files this process may have open; Infinity without a limit, or where there is no telling. */
export function openFilesLimit(): number {
  // Otherwise it looks up the names of all peers. The types do not know the setting yet.
  Object.assign(process.report, { excludeNetwork: true });
  const { userLimits } = process.report.getReport() as {
    userLimits?: { open_files?: { soft: number | string } };
  };
  const soft = Number(userLimits?.open_files?.soft);
  return Number.isNaN(soft) ? Infinity : soft;
}

/**
 * The most connections of a server, and the most from one address: as the operator says, else as many
 * as the limit on open files leaves room for, and half of them.
 */
export function connectionLimits(
  { most, perAddress }: { most: number | undefined; perAddress: number | undefined },
  openFiles = openFilesLimit(),
): { most: number; perAddress: number } {
  const all = most ?? Math.max(LEAST, Math.min(MOST, openFiles - OWN_FILES));
  return { most: all, perAddress: perAddress ?? Math.ceil(all / 2) };
}

/** Says what is wrong where the operator allows more connections than files; null if nothing is. */
export function tooManyFor(most: number, openFiles = openFilesLimit()): string | null {
  if (most + OWN_FILES <= openFiles) return null;
  return (
    `MAX_CONNECTIONS: up to ${most} connections need ${most + OWN_FILES} open files, but the limit ` +
    `(ulimit -n, LimitNOFILE) is ${openFiles}; at that limit, probes are refused as well.`
  );
}
