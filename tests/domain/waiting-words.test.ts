import fc from 'fast-check';
import { RESERVATION_STATUSES } from '../../src/domain/loans/reservation';
import { WAIT_REASONS, type Because, type WaitingItem } from '../../src/domain/queue/reasons';
import { waitingWords } from '../../src/domain/queue/waiting-words';
import { SEED } from '../helpers/seed';

const AT = Date.UTC(2026, 0, 1, 0, 1);
const SAID = '2026-01-01T00:01:00.000Z';

/** The words of one reason of the only item. */
const said = (reason: Because['reason'], count: number, until: number | null = null) =>
  waitingWords({ status: 'queued', items: [{ count: 1 }] }, [itemOf(0, 1, [reason, count, until])]);

function itemOf(
  item: number,
  missing: number,
  ...of: [Because['reason'], number, number | null][]
) {
  const because = of.map(([reason, count, until]): Because => ({ reason, count, until }));
  return { item, missing, ahead: 0, because };
}

test.each<[Because['reason'], one: string, more: string]>([
  ['held', `1 is lent (back at ${SAID})`, `2 are lent (the first back at ${SAID})`],
  ['ahead', '1 request is ahead', '2 requests are ahead'],
  [
    'booked',
    `1 is kept for others (free at ${SAID})`,
    `2 are kept for others (the first free at ${SAID})`,
  ],
  [
    'cleaning',
    `1 is being made, cleaned or checked (ready at ${SAID} at the latest)`,
    `2 are being made, cleaned or checked (the first ready at ${SAID} at the latest)`,
  ],
  [
    'maintenance',
    `1 is in maintenance (back at ${SAID})`,
    `2 are in maintenance (the first back at ${SAID})`,
  ],
  ['quarantined', '1 is in quarantine', '2 are in quarantine'],
])('%s: one, several, and without a known end', (reason, one, more) => {
  expect([said(reason, 1, AT), said(reason, 2, AT)]).toEqual([one, more]);
  expect(said(reason, 2)).toBe(more.replace(/ \(.*\)/, ''));
});

test('nothing at all is a reason, and so is nothing that is free', () => {
  expect(said('none', 0)).toBe('nothing is there that could serve it');
  const asked = { status: 'queued', items: [{ count: 1 }] } as const;
  expect(waitingWords({ ...asked, items: [...asked.items] }, [itemOf(0, 1)])).toBe(
    'nothing that could serve it is free',
  );
});

test('items are numbered where several were asked for, and counted where one asks for several', () => {
  const items = [{ count: 1 }, { count: 3 }];
  const waiting = [
    itemOf(0, 1, ['held', 3, AT], ['ahead', 1, null]),
    itemOf(1, 2, ['none', 0, null]),
  ];
  expect(waitingWords({ status: 'queued', items }, waiting)).toBe(
    `item 1: 3 are lent (the first back at ${SAID}), 1 request is ahead; ` +
      'item 2, 2 of 3 missing: nothing is there that could serve it',
  );
  expect(waitingWords({ status: 'queued', items: items.slice(1) }, [itemOf(0, 2)])).toBe(
    '2 of 3 missing: nothing that could serve it is free',
  );
});

const anyBecause = fc.record({
  reason: fc.constantFrom(...WAIT_REASONS),
  count: fc.nat(501),
  until: fc.option(fc.date({ noInvalidDate: true }).map(Number)),
});

/** A request of a few items, some of which wait for any reasons. */
const anyRequest = fc
  .array(fc.record({ count: fc.integer({ min: 1, max: 9 }), because: fc.array(anyBecause) }), {
    minLength: 1,
    maxLength: 4,
  })
  .chain((items) => fc.record({ items: fc.constant(items), waits: fc.subarray(items) }));

test('a sentence for all that waits, with every known instant, and none for what does not', () => {
  fc.assert(
    fc.property(fc.constantFrom(...RESERVATION_STATUSES), anyRequest, (status, request) => {
      const { items, waits } = request;
      const waiting = waits.map((each): WaitingItem => {
        const { count, because } = each;
        return { item: items.indexOf(each), missing: count, ahead: 0, because };
      });
      const words = waitingWords({ status, items }, waiting);
      if (status === 'active' || status === 'ended') return expect(words).toBeNull();
      expect(words).toMatch(/^\S.*\S$/);
      expect(words).not.toMatch(/undefined|null|NaN|[:,;(] *($|[:,;)])/);
      if (status === 'preparing') return;
      const ends = waits.flatMap(({ because }) =>
        because.flatMap(({ reason, until }) =>
          until !== null && HAVE_ENDS.includes(reason) ? new Date(until).toISOString() : [],
        ),
      );
      expect(words!.match(/(?<= at )[-+\d]+T[\d:.]+Z/g) ?? []).toEqual(ends);
    }),
    { seed: SEED },
  );
});

/** The reasons that end at a time; no other one is ever given an end. */
const HAVE_ENDS: Because['reason'][] = ['held', 'booked', 'cleaning', 'maintenance'];
