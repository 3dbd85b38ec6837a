import type { Schemas } from '../../server/client';

export type Entry = Schemas['QueueEntry'];

/** The part of a request that waits for a pool, in words, such as `2 × small, 1 held`. */
export function wantsOf({ items }: Entry): string {
  return items.map(wordsOf).join(' and ');
}

function wordsOf({ types, resourceId, count, missing }: Entry['items'][number]): string {
  const what = resourceId === null ? types.join(' or ') : 'one resource';
  const held = count - missing;
  return `${count === 1 ? '' : `${count} × `}${what}${held === 0 ? '' : `, ${held} held`}`;
}
