import type { Change } from './change';
import { joined } from './lists';
import type { Resource } from './resource';

/**
 * The same changes, with all that befalls `resource` in one, at the place of the first, and without fields that end as
 * they stand in `resource`: every field that is written costs the indexes that mention it.
 */
export function trimmed(changes: Change[], resource: Resource): Change[] {
  const own = changes.filter((change) => change.do === 'setResource' && change.id === resource.id);
  const set = Object.assign({}, ...own.map((change) => (change as Extract<Change, { do: 'setResource' }>).set)) as Partial<Resource>;
  const moved = Object.fromEntries(Object.entries(set).filter(([name, value]) => value !== resource[name as keyof Resource]));
  return joined(changes, (change): Change[] => {
    if (!own.includes(change)) return [change];
    return change === own[0] && Object.keys(moved).length > 0 ? [{ do: 'setResource', id: resource.id, set: moved }] : [];
  });
}
