interface Place {
  value: unknown;
  name: string | number;
  within: Place | null;
}

/**
 * The path of the first text of a request's part that could not be kept as it is, its fields' names
 * included; null: none.
 */
export function unfitText(value: unknown): (string | number)[] | null {
  // No recursion: the part is nested as deep as its sender liked.
  const left: Place[] = [{ value, name: '', within: null }];
  for (let place = left.pop(); place; place = left.pop()) {
    const { value: here } = place;
    if (typeof here === 'string' && isUnfit(here)) return pathTo(place);
    if (typeof here !== 'object' || here === null) continue;
    const names = Object.keys(here);
    if (!Array.isArray(here) && names.some(isUnfit)) return pathTo(place);
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
 * With NUL, which C takes for an end, or half of a surrogate pair, which UTF-8 cannot carry (RFC
 * 3629, 3).
 */
function isUnfit(text: string): boolean {
  return text.includes('\0') || !text.isWellFormed();
}

function pathTo(place: Place): (string | number)[] {
  const path: (string | number)[] = [];
  for (let here = place; here.within; here = here.within) path.unshift(here.name);
  return path;
}
