interface Place {
  value: unknown;
  name: string | number;
  within: Place | null;
}

/**
 * The path of the first text, or field name, in a part of a request that cannot be stored
 * unchanged; null if there is none.
 */
export function unstorableText(value: unknown): (string | number)[] | null {
  // No recursion, because the sender chooses how deeply the part is nested.
  const left: Place[] = [{ value, name: '', within: null }];
  for (let place = left.pop(); place; place = left.pop()) {
    const { value: here } = place;
    if (typeof here === 'string' && isUnstorable(here)) return pathTo(place);
    if (typeof here !== 'object' || here === null) continue;
    const names = Object.keys(here);
    if (!Array.isArray(here) && names.some(isUnstorable)) return pathTo(place);
    for (const name of names.reverse())
      left.push({
        value: (here as Record<string, unknown>)[name],
        name: Array.isArray(here) ? Number(name) : name,
        within: place,
      });
  }
  return null;
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
