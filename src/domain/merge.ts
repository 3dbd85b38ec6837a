type Fields = Record<string, unknown>;

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Are two JSON values equal? The order of keys is ignored, and so is a key that is undefined. */
export function sameJson(a: unknown, b: unknown): boolean {
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((value, index) => sameJson(value, b[index]));
  if (!isFields(a) || !isFields(b)) return a === b;
  return keysOf(a, b).every((key) => sameJson(a[key], b[key]));
}

/**
 * Applies the differences between `previous` and `next` to `current`, leaf by leaf; a list is one
 * leaf. Every other leaf keeps its current value, whoever set it.
 */
export function mergeChanges<Value>(previous: unknown, next: Value, current: Value): Value {
  if (sameJson(previous, next)) return current;
  if (!isFields(previous) || !isFields(next) || !isFields(current)) return next;
  const merged: Fields = { ...current };
  for (const key of keysOf(previous, next)) {
    if (key in next) merged[key] = mergeChanges(previous[key], next[key], current[key]);
    else delete merged[key];
  }
  return merged as Value;
}

/**
 * `target` with a JSON merge patch (RFC 7396) applied: null removes a key, objects merge, anything
 * else replaces.
 */
export function mergePatch(target: unknown, patch: unknown): unknown {
  if (!isFields(patch)) return patch;
  const merged = new Map(Object.entries(isFields(target) ? target : {}));
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) merged.delete(key);
    else merged.set(key, mergePatch(merged.get(key), value));
  }
  return Object.fromEntries(merged);
}

function keysOf(a: Fields, b: Fields): string[] {
  return [...new Set([...Object.keys(a), ...Object.keys(b)])];
}
