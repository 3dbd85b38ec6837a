import type { Change } from '../change';
import type { Resource } from './resource';

type SetResource = Extract<Change, { do: 'setResource' }>;

/**
 * The same changes, with all that befalls `resource` in one, at the place of the first, and without
 * fields that end as they stand in `resource`: every field that is written costs the indexes that
 * mention it.
 */
export function squashUpdates(changes: Change[], resource: Resource): Change[] {
  const isOwn = (change: Change): change is SetResource =>
    change.do === 'setResource' && change.id === resource.id;
  const set: Partial<Resource> = {};
  for (const change of changes) if (isOwn(change)) Object.assign(set, change.set);
  const moved: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(set))
    if (value !== resource[name as keyof Resource]) moved[name] = value;
  let own: Change | null =
    Object.keys(moved).length === 0 ? null : { do: 'setResource', id: resource.id, set: moved };
  const left: Change[] = [];
  for (const change of changes) {
    if (!isOwn(change)) left.push(change);
    else if (own) left.push(own);
    if (isOwn(change)) own = null;
  }
  return left;
}
