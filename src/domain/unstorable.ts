/** A part of an input that cannot be stored as it was written, and a sentence's end that says why. */
export interface Unstorable {
  path: (string | number)[];
  message: string;
}

const TEXT = 'must be text without NUL and without halves of surrogate pairs';
const KEY = 'is no name that a field can have';

/** The most lists and objects that may stand one within the other; beyond some, nothing can write them. */
export const MOST_LEVELS = 32;
/** The message about a part that is nested too deeply. */
export const TOO_DEEP = `is nested more than ${MOST_LEVELS} levels deep`;
/** How much of a path names a place that is too deep. */
const NAMED = 3;

interface Place {
  value: unknown;
  name: string | number;
  within: Place | null;
  level: number;
}

/**
 * Finds the first text, or field name, in an input that cannot be stored unchanged; null if there
 * is none.
 */
export function findUnstorable(value: unknown): Unstorable | null {
  for (const found of findAllUnstorable(value)) return found;
  return null;
}

/** Finds them all, one by one; of a part that is nested too deeply, only the part itself. */
export function* findAllUnstorable(value: unknown): Generator<Unstorable> {
  // No recursion, because the sender chooses how deeply the part is nested.
  const left: Place[] = [{ value, name: '', within: null, level: 1 }];
  const seen = new Set<object>();
  for (let place = left.pop(); place; place = left.pop()) {
    const { value: here } = place;
    if (typeof here === 'string' && isUnstorable(here))
      yield { path: pathTo(place), message: TEXT };
    // An alias of YAML may lead back to where it stands.
    if (typeof here !== 'object' || here === null || seen.has(here)) continue;
    seen.add(here);
    if (place.level > MOST_LEVELS) {
      yield { path: pathTo(place).slice(0, NAMED), message: TOO_DEEP };
      continue;
    }
    const names = Object.keys(here);
    if (!Array.isArray(here) && names.some(isUnstorable))
      yield { path: pathTo(place), message: TEXT };
    // Assigning this one sets the prototype, so copies of the input would lose it without a word.
    if (names.includes('__proto__')) yield { path: [...pathTo(place), '__proto__'], message: KEY };
    for (const name of names.reverse())
      left.push({
        value: (here as Record<string, unknown>)[name],
        name: Array.isArray(here) ? Number(name) : name,
        within: place,
        level: place.level + 1,
      });
  }
}

/**
 * Contains NUL, which C takes for an end, or half of a surrogate pair, which UTF-8 cannot carry
 * (RFC 3629, 3).
 */
function isUnstorable(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}

function pathTo(place: Place): (string | number)[] {
  const path: (string | number)[] = [];
  for (let here = place; here.within; here = here.within) path.unshift(here.name);
  return path;
}
