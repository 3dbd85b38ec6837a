import type { Change } from './change';

type Update = Extract<Change, { do: 'setResource' | 'setReservation' }>;

/**
 * Merges the updates of each resource and each reservation into the first one of that row; the
 * later value of a field wins. For decisions that are composed of others.
 */
export function mergeUpdates(changes: readonly Change[]): Change[] {
  const merged = new Map<string, Update>();
  const result: Change[] = [];
  for (const change of changes) {
    if (change.do !== 'setResource' && change.do !== 'setReservation') {
      result.push(change);
      continue;
    }
    const row = `${change.do} ${change.id}`;
    const first = merged.get(row);
    if (first) {
      Object.assign(first.set, change.set);
      continue;
    }
    const update = { ...change, set: { ...change.set } } as Update;
    merged.set(row, update);
    result.push(update);
  }
  return result;
}
