import type { Reservation, WaitingItem } from '../../src/client';
import { waitingOf } from '../../src/client/waiting';

const soon = '2026-01-01T00:05:00.000Z';
const late = '2026-01-01T00:09:00.000Z';

function estimateOf(...items: WaitingItem['because'][]) {
  const waiting = items.map((because, item) => ({ item, missing: 1, ahead: 0, because }));
  return waitingOf({ status: 'queued', position: 1, waiting } as unknown as Reservation)?.estimate;
}

test('the end of a cleaning is no earliest time: it may be over at once', () => {
  expect(estimateOf([{ reason: 'cleaning', count: 1, until: soon }])).toBeNull();
  expect(
    estimateOf([
      { reason: 'held', count: 1, until: late },
      { reason: 'cleaning', count: 1, until: soon },
    ]),
  ).toBeNull();
});

test('another item that is lent until later still counts', () => {
  const cleaned = { reason: 'cleaning', count: 1, until: soon } as const;
  const lent = { reason: 'held', count: 1, until: late } as const;
  expect(estimateOf([cleaned], [lent])).toEqual(new Date(late));
});
