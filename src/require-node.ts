/** As in `engines` of package.json. */
const LEAST: readonly [number, number] = [22, 14];

/**
 * Why this program does not run under a Node of this version (`v20.20.2`), in one line; null where
 * it does.
 */
export function refusalOf(version: string): string | null {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major > LEAST[0] || (major === LEAST[0] && minor >= LEAST[1])) return null;
  return `Node ${LEAST.join('.')} or newer is required; this is ${version}`;
}

const refusal = refusalOf(process.version);
if (refusal !== null) {
  process.stderr.write(`holdfast: ${refusal}\n`);
  process.exit(1);
}
