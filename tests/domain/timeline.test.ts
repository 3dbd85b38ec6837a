import { layOut, SIZES } from '../../src/domain/timeline/layout';
import {
  historyByResource,
  historyOf,
  spansOf,
  type LaneResource,
  type Span,
} from '../../src/domain/timeline/spans';
import { ticksOf } from '../../src/domain/timeline/ticks';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NOTHING = { loans: [], cleanings: [], adminStates: [], quarantines: [] };
const WINDOW = { since: 100, until: 200 };

const resource = (fields: Partial<LaneResource> = {}): LaneResource => ({
  id: 'r1',
  name: 'lab-1',
  type: 'free',
  status: 'available',
  generation: 3,
  adminState: 'in_service',
  maintenanceUntil: null,
  changedAt: 50,
  wayBackSince: null,
  ...fields,
});
const loan = (from: number, to: number | null, resourceId = 'r1') => ({
  ...{ resourceId, from, to },
  ...{ reservationId: `v${from}`, userId: 'u1', userName: 'ann' },
});
const cleaning = (from: number, to: number) => ({ resourceId: 'r1', from, to });
const admin = (at: number, to: 'maintenance' | 'in_service') => ({ resourceId: 'r1', at, to });
const begins = (at: number) => ({ resourceId: 'r1', at, type: 'resource.quarantined' as const });
const ends = (at: number) => ({ resourceId: 'r1', at, type: 'resource.quarantine_ended' as const });
const shown = (spans: Span[]) => spans.map(({ kind, from, to }) => [kind, from, to]);

test('the history of many resources is gone through once for all of them', () => {
  let looks = 0;
  const rows = Array.from({ length: 100 }, (_, index) => ({
    ...loan(index, index + 1, `r${index % 50}`),
    get resourceId() {
      looks += 1;
      return `r${index % 50}`;
    },
  }));
  const of = historyByResource({ ...NOTHING, loans: rows });
  const found = Array.from({ length: 50 }, (_, index) => of(`r${index}`).loans);
  expect(found.map((loans) => loans.map(({ from }) => from))).toEqual(
    Array.from({ length: 50 }, (_, index) => [index, index + 50]),
  );
  expect(looks).toBeLessThanOrEqual(300);
  expect(of('none')).toEqual(NOTHING);
});

describe('the spans of a resource', () => {
  test('are its loans and its ways back, in order, as far as they reach into the window', () => {
    const rows = {
      ...NOTHING,
      loans: [loan(150, 160), loan(90, 110), loan(80, 100), loan(200, 210), loan(120, 130, 'r2')],
      cleanings: [cleaning(110, 115), cleaning(160, 170)],
    };
    const spans = spansOf(resource(), rows, WINDOW);
    expect(shown(spans)).toEqual([
      ['lease', 90, 110],
      ['cleaning', 110, 115],
      ['lease', 150, 160],
      ['cleaning', 160, 170],
    ]);
    expect(spans.map(({ loan: held }) => held?.reservationId)).toEqual([
      'v90',
      undefined,
      'v150',
      undefined,
    ]);
  });

  test('have no end where nobody knows one', () => {
    const rows = { ...NOTHING, loans: [loan(150, null)] };
    expect(shown(spansOf(resource({ status: 'allocated' }), rows, WINDOW))).toEqual([
      ['lease', 150, null],
    ]);
    const busy = resource({ status: 'cleaning', wayBackSince: 140, changedAt: 145 });
    expect(shown(spansOf(busy, NOTHING, WINDOW))).toEqual([['cleaning', 140, null]]);
    const made = resource({ status: 'provisioning', changedAt: 145 });
    expect(shown(spansOf(made, NOTHING, WINDOW))).toEqual([['cleaning', 145, null]]);
    const ill = resource({ status: 'quarantined', changedAt: 120 });
    expect(shown(spansOf(ill, NOTHING, WINDOW))).toEqual([['quarantine', 120, null]]);
  });

  test.each([
    ['to the next change', {}, [admin(110, 'maintenance'), admin(130, 'in_service')], [110, 130]],
    [
      'to its time',
      { adminState: 'maintenance', maintenanceUntil: 180 } as const,
      [admin(20, 'maintenance'), admin(30, 'in_service'), admin(110, 'maintenance')],
      [110, 180],
    ],
    [
      'on and on without one',
      { adminState: 'maintenance' } as const,
      [admin(90, 'maintenance')],
      [90, null],
    ],
  ])('maintenance lasts %s', (_how, fields, adminStates, [from, to]) => {
    const spans = spansOf(resource(fields), { ...NOTHING, adminStates }, WINDOW);
    expect(shown(spans)).toEqual([['maintenance', from, to]]);
  });

  test.each([
    ['that goes on, however often it was tried again', 'quarantined', [begins(110)], [[110, null]]],
    ['that was', 'cleaning', [begins(110), ends(130)], [[110, 130]]],
    [
      'that comes and goes',
      'quarantined',
      [begins(110), ends(130), begins(140)],
      [
        [110, 130],
        [140, null],
      ],
    ],
    ['whose beginning is forgotten, since its last try', 'quarantined', [], [[170, null]]],
    ['whose end is known alone, not at all', 'cleaning', [ends(130)], []],
  ] as const)('show a quarantine %s', (_what, status, quarantines, expected) => {
    const ill = resource({ status, wayBackSince: 105, changedAt: 170 });
    const spans = spansOf(ill, { ...NOTHING, quarantines: [...quarantines] }, WINDOW);
    const found = shown(spans).filter(([kind]) => kind === 'quarantine');
    expect(found.map(([, ...times]) => times)).toEqual(expected);
    expect(shown(spans)[0]).toEqual(['cleaning', 105, expected[0]?.[0] ?? null]);
  });

  test('of a way back that has ended show the quarantine in it', () => {
    const rows = {
      ...NOTHING,
      cleanings: [cleaning(110, 180)],
      quarantines: [begins(130), ends(160)],
    };
    expect(shown(spansOf(resource(), rows, WINDOW))).toEqual([
      ['cleaning', 110, 130],
      ['quarantine', 130, 160],
      ['cleaning', 160, 180],
    ]);
  });

  test('never overlap: a lease is shown above all, then what keeps a resource away', () => {
    const rows = {
      ...NOTHING,
      loans: [loan(120, 140)],
      cleanings: [cleaning(140, 150)],
      adminStates: [admin(110, 'maintenance')],
    };
    const away = resource({ adminState: 'maintenance' });
    expect(shown(spansOf(away, rows, WINDOW))).toEqual([
      ['maintenance', 110, 120],
      ['lease', 120, 140],
      ['cleaning', 140, 150],
      ['maintenance', 150, null],
    ]);
    const held = { ...rows, loans: [loan(105, null)] };
    expect(shown(spansOf(away, held, WINDOW))).toEqual([['lease', 105, null]]);
  });
});

test('the history that is looked up is bounded, however often a resource was lent', () => {
  const ask = historyOf([resource({ generation: 1 }), resource({ id: 'r2', generation: 5_000 })]);
  expect(ask.allocationIds.slice(0, 4)).toEqual(['r1.1', 'r1.0', 'r2.5000', 'r2.4999']);
  expect(ask.allocationIds).toHaveLength(102);
  expect(ask.newest).toEqual([
    { resourceId: 'r1', above: -99 },
    { resourceId: 'r2', above: 4_900 },
  ]);
});

describe('ticks', () => {
  test.each<[string, number, number, string[]]>([
    ['minutes', 0, 5 * MINUTE, ['Jan 1', '00:01', '00:02', '00:03', '00:04', '00:05']],
    ['hours', 20 * HOUR + 1, 26 * HOUR, ['21:00', '22:00', '23:00', 'Jan 2', '01:00', '02:00']],
    ['days', 0, 5 * DAY, ['Jan 1', 'Jan 2', 'Jan 3', 'Jan 4', 'Jan 5', 'Jan 6']],
  ])('are at round %s', (_what, since, until, texts) => {
    expect(ticksOf({ since, until }, 7).map(({ text }) => text)).toEqual(texts);
  });

  test('are few, and in the window, whatever its length', () => {
    for (const length of [1, 999, 7 * MINUTE, 11 * HOUR, DAY, 9 * DAY, 31 * DAY, 4000 * DAY]) {
      const window = { since: 123_456_789, until: 123_456_789 + length };
      const ticks = ticksOf(window, 9);
      expect(ticks.length).toBeLessThanOrEqual(9);
      expect(ticks.filter(({ at }) => at < window.since || at > window.until)).toEqual([]);
    }
  });
});

describe('the layout', () => {
  const window = { since: 0, until: 24 * HOUR };
  const span = (from: number, to: number | null, kind: Span['kind'] = 'lease') => ({
    kind,
    from,
    to,
  });

  /** Spans at pseudo-random places that follow one another, some of them very short. */
  function crowded(seed: number) {
    let state = seed;
    const next = (most: number) => (state = (state * 48_271) % 2_147_483_647) % most;
    let at = -next(4 * HOUR);
    return Array.from({ length: 60 }, () => {
      const from = at + next(30 * MINUTE);
      at = from + 1 + next(next(3) === 0 ? HOUR : MINUTE);
      return span(from, at, next(2) === 0 ? 'lease' : 'cleaning');
    });
  }

  test('keeps every bar in its row and in the box, and none covers another', () => {
    const lanes = Array.from({ length: 50 }, (_, seed) => ({ spans: crowded(seed + 1) }));
    const { rows, width, height } = layOut(lanes, window, 12 * HOUR);
    expect(rows).toHaveLength(50);
    for (const { y, bars } of rows) {
      expect(bars.length).toBeGreaterThan(10);
      bars.forEach((bar, index) => {
        expect(bar.x).toBeGreaterThanOrEqual(SIZES.names);
        expect(bar.x + bar.width).toBeLessThanOrEqual(width);
        expect(bar.y).toBeGreaterThanOrEqual(y);
        expect(bar.y + bar.height).toBeLessThanOrEqual(Math.min(y + SIZES.row, height));
        const before = bars[index - 1];
        if (before) expect(bar.x).toBeGreaterThanOrEqual(before.x + before.width - 1e-6);
      });
    }
  });

  test('shows a bar that is too short to be seen as a narrow one', () => {
    const [row] = layOut([{ spans: [span(HOUR, HOUR + 1)] }], window, 0).rows;
    expect(row!.bars).toMatchObject([{ width: 2 }]);
  });

  test('draws an open end to the edge, and that of a cleaning to the present', () => {
    const lanes = [{ spans: [span(0, null)] }, { spans: [span(0, null, 'cleaning')] }];
    const { rows, width, nowX } = layOut(lanes, window, 6 * HOUR);
    const [lease, cleaned] = rows.map(({ bars }) => bars[0]!);
    expect(lease).toMatchObject({ isOpen: true, x: SIZES.names });
    expect(lease!.x + lease!.width).toBe(width - SIZES.margin);
    expect(cleaned!.x + cleaned!.width).toBe(nowX);
  });

  test('has no line for a present outside the window', () => {
    expect([-1, 25 * HOUR].map((now) => layOut([], window, now).nowX)).toEqual([null, null]);
  });
});
