import type { WaitingItem } from '../../client';

type Because = WaitingItem['because'][number];

/**
 * Says in words why the items of a request wait, such as `3 are lent, 1 request is ahead`; null
 * without reasons. `spelled` writes an instant (RFC 3339).
 */
export function whyOf(
  items: readonly WaitingItem[],
  spelled: (instant: string) => string,
): string | null {
  const waiting = items.filter(({ missing, because }) => missing > 0 && because.length > 0);
  if (waiting.length === 0) return null;
  return waiting
    .map(({ item, because }) => {
      const reasons = because.map((reason) => wordsOf(reason, spelled)).join(', ');
      return waiting.length > 1 ? `item ${item + 1}: ${reasons}` : reasons;
    })
    .join('; ');
}

function wordsOf({ reason, count, until }: Because, spelled: (instant: string) => string): string {
  const are = `${count} ${count === 1 ? 'is' : 'are'}`;
  switch (reason) {
    case 'held':
      return `${are} lent`;
    case 'ahead':
      return `${count} ${count === 1 ? 'request is' : 'requests are'} ahead`;
    case 'booked':
      return `${are} kept for others`;
    case 'cleaning':
      return `${are} being made or cleaned${until ? `, done ${spelled(until)} at the latest` : ''}`;
    case 'maintenance':
      return `${are} in maintenance${until ? `, one ends ${spelled(until)}` : ''}`;
    case 'quarantined':
      return `${are} in quarantine`;
    case 'none':
      return 'nothing is there that could serve it';
  }
}
