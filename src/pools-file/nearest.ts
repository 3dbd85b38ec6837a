import { distance } from 'fastest-levenshtein';

/** Letters that may be wrong, missing or too many. */
const MOST_WRONG = 2;

/**
 * The name among `known` that a misspelled one is probably meant to be, whatever its case; undefined
 * if none is near. Of a short name, fewer letters may be wrong than of a long one.
 */
export function nearest(name: string, known: readonly string[]): string | undefined {
  const most = Math.min(MOST_WRONG, Math.floor(name.length / 2));
  const [best] = known
    .map((meant) => ({ meant, wrong: distance(name.toLowerCase(), meant.toLowerCase()) }))
    .filter(({ wrong }) => wrong <= most)
    .sort((a, b) => a.wrong - b.wrong);
  return best?.meant;
}

/** The end of a message that names the nearest of `known`: `; do you mean size?`; empty if none is. */
export function suggested(name: unknown, known: readonly string[]): string {
  const meant = typeof name === 'string' ? nearest(name, known) : undefined;
  return meant === undefined ? '' : `; do you mean ${meant}?`;
}
