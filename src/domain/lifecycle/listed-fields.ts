import type { Change, Decision } from '../change';
import type { DecisionContext } from '../context';
import { sameJson } from '../merge';
import { mergeUpdates } from '../merge-updates';
import type { ResourceSnapshot } from './admin';
import { isIdle, type ListedFields } from './resource';
import { markDirty } from './steps';

/**
 * Gives a listed resource the fields that its list has now. An idle one is verified with them before
 * it is lent again, since they may say where it is; a quarantined one is tried again at once. A lent
 * one stays with its holder, who sees the new fields.
 */
export function setFields(
  { resource, pools }: ResourceSnapshot,
  fields: ListedFields,
  { now }: DecisionContext,
): Decision<string> {
  const { id, poolId, status } = resource;
  if (sameJson(resource.fields ?? {}, fields)) return { changes: [], value: id };
  const changes: Change[] = [
    { do: 'setResource', id, set: { fields } },
    {
      do: 'append',
      event: {
        type: 'resource.fields',
        poolId,
        resourceId: id,
        data: { fields: Object.keys(fields).join(',') },
      },
    },
  ];
  if (isIdle(resource))
    changes.push(...markDirty(resource, pools[poolId]!, 'Its fields changed.', now, 'verify'));
  if (status === 'quarantined') changes.push({ do: 'setResource', id, set: { dueAt: now } });
  return { changes: mergeUpdates(changes), value: id };
}
