import { figuresOf } from '../../src/domain/history/figures';
import { loadHistory } from '../../src/domain/history/history';
import { keepHistory, loadHistoryTail } from '../../src/domain/history/keeping';
import { lastDays, MOST_DAYS, openParts, partsOf, startsIn } from '../../src/domain/history/steps';
import { COUNTED } from '../../src/domain/history/tail';
import { ALL_POOLS, keyOf, rounded, type StoredTally } from '../../src/domain/history/tally';
import { aPool, anAllocation, aReservation, aResource } from './support/objects';
import { aWorld, run, type World } from './support/world';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const MINUTE = 60_000;
/** Noon of a day; the days before it begin at midnight (UTC). */
const NOW = Date.parse('2026-03-10T12:00:00Z');
const at = (text: string) => Date.parse(`2026-03-${text}:00Z`);

const lab = aPool({ id: 'p1', name: 'lab' });
const den = aPool({ id: 'p2', name: 'den', labels: {} });

/** A loan that is over; its resource is r1 unless another is named. */
function ended(id: string, from: string, to: string, fields: object = {}) {
  return aReservation(id, {
    ...{ status: 'ended', endReason: 'released', requestedAt: at(from), startsAt: at(from) },
    endedAt: at(to),
    ...fields,
  });
}
const held = (id: string, from: string, to: string | null, resourceId = 'r1') =>
  anAllocation(resourceId, id, { startedAt: at(from), endedAt: to === null ? null : at(to) });

const world = (things: Partial<World>) =>
  aWorld([lab, den], {
    resources: [aResource('r1', { createdAt: at('01T00:00') })],
    ...things,
  });
const shown = (things: Partial<World>, days = 3, poolId: string | null = 'p1', now = NOW) =>
  run(loadHistory({ poolId, span: lastDays(days, now) }, now), world(things));
const figures = (...given: Parameters<typeof shown>) =>
  shown(...given).steps.map((step) => step.figures);

/** The same world after the job has counted it, a few rows at a time. */
function counted(things: Partial<World>, limit = 1, now = NOW): Partial<World> {
  const stored = new Map<string, StoredTally>();
  const metadata: Record<string, string> = {};
  for (let more = true; more;) {
    const seen = world({ ...things, tallies: [...stored.values()], metadata });
    const decision = keepHistory(run(loadHistoryTail({ limit }, now), seen));
    for (const change of decision.changes) {
      if (change.do === 'putTally') stored.set(keyOf(change.stored), change.stored);
      if (change.do === 'setMetadata') metadata[change.name] = change.value;
    }
    more = decision.value;
  }
  return { ...things, tallies: [...stored.values()], metadata };
}

describe('steps', () => {
  test('days begin at midnight, and today is the last', () => {
    const span = lastDays(3, NOW);
    expect(span).toEqual({ step: 'day', since: at('08T00:00'), until: NOW });
    expect(startsIn(span)).toEqual([at('08T00:00'), at('09T00:00'), at('10T00:00')]);
    expect(startsIn(lastDays(MOST_DAYS, NOW))).toHaveLength(MOST_DAYS);
  });

  test('one day, and two, are told by the hour, the present one last', () => {
    for (const now of [NOW, NOW + 1, NOW - 1])
      expect(startsIn(lastDays(1, now)).at(-1)).toBe(Math.floor(now / HOUR) * HOUR);
    expect(startsIn(lastDays(1, NOW))).toHaveLength(24);
    expect(startsIn(lastDays(2, NOW))).toHaveLength(48);
    expect(lastDays(3, NOW).step).toBe('day');
  });

  test('a stretch is divided at midnight, and adds up to itself', () => {
    expect(partsOf('day', at('08T23:00'), at('10T01:30'))).toEqual([
      { at: at('08T00:00'), ms: HOUR },
      { at: at('09T00:00'), ms: DAY },
      { at: at('10T00:00'), ms: 1.5 * HOUR },
    ]);
    expect(partsOf('day', at('08T00:00'), at('09T00:00'))).toEqual([
      { at: at('08T00:00'), ms: DAY },
    ]);
    expect(partsOf('day', at('08T01:00'), at('08T01:00'))).toEqual([]);
    expect(partsOf('day', at('08T02:00'), at('08T01:00'))).toEqual([]);
  });

  test('many stretches that go on add up to the parts of each', () => {
    const span = lastDays(3, NOW);
    const begun = [at('01T07:00'), at('08T00:00'), at('08T23:00'), at('10T11:00'), NOW, NOW + 1];
    const expected = startsIn(span).map((start) =>
      begun
        .flatMap((from) => partsOf('day', from, NOW))
        .filter((part) => part.at === start)
        .reduce((sum, { ms }) => sum + ms, 0),
    );
    expect([...openParts(begun, span).values()]).toEqual(expected);
    expect([...openParts([], span).values()]).toEqual([0, 0, 0]);
  });
});

describe('figures', () => {
  const waits = (...ms: number[]) =>
    figuresOf(Object.fromEntries(ms.map((each) => [`wait ${each}`, 1]))).waits;

  test('are the least times that half, and 95 of a hundred, do not exceed', () => {
    expect(waits()).toBeNull();
    expect(waits(7)).toEqual({ count: 1, p50: 7, p95: 7, most: 7 });
    expect(waits(30, 10, 20, 40)).toEqual({ count: 4, p50: 20, p95: 40, most: 40 });
    const hundred = Array.from({ length: 100 }, (_, index) => index + 1);
    expect(waits(...hundred)).toEqual({ count: 100, p50: 50, p95: 95, most: 100 });
    expect(figuresOf({ 'wait 5': 19, 'wait 1000': 1 }).waits).toMatchObject({
      p95: 5,
      most: 1_000,
    });
  });

  test('times keep three digits, so that a day has a bounded number of them', () => {
    expect([0, 1, 999, 1_234, 83_456, 90_000].map(rounded)).toEqual([
      ...[0, 1, 999, 1_230, 83_500, 90_000],
    ]);
    expect(rounded(-5)).toBe(0);
  });
});

describe('a loan', () => {
  const overnight = {
    reservations: [ended('v1', '08T22:00', '09T06:00')],
    allocations: [held('v1', '08T22:00', '09T06:00')],
  };

  test('counts in both days that it touches, starts in the first and ends in the second', () => {
    const [first, second, third] = figures(overnight);
    expect(first).toMatchObject({ held: 2 * HOUR, started: 1, there: DAY });
    expect(second).toMatchObject({ held: 6 * HOUR, started: 0, there: DAY });
    expect(third).toMatchObject({ held: 0, started: 0, there: 12 * HOUR });
    expect([first, second].map((each) => each!.ended.released)).toEqual([0, 1]);
  });

  test('that goes on counts until now, and once it has ended, the same', () => {
    const living = {
      reservations: [aReservation('v1', { requestedAt: at('09T22:00') })],
      allocations: [held('v1', '09T22:00', null)],
    };
    const over = {
      reservations: [ended('v1', '09T22:00', '10T11:00')],
      allocations: [held('v1', '09T22:00', '10T11:00')],
    };
    expect(figures(living).map((each) => [each.held, each.started])).toEqual([
      ...[[0, 0], [2 * HOUR, 1], [12 * HOUR, 0]], // prettier-ignore
    ]);
    expect(figures(living, 3, 'p1', at('10T11:00'))[2]!.held).toBe(figures(over)[2]!.held);
  });

  test('of a resource that came or went counts as long as that was there', () => {
    const gone = aResource('r2', { createdAt: at('08T12:00'), destroyedAt: at('09T18:00') });
    const young = aResource('r3', { createdAt: at('10T06:00') });
    const there = figures({ resources: [gone, young] }).map((each) => each.there);
    expect(there).toEqual([12 * HOUR, 18 * HOUR, 6 * HOUR]);
  });

  test('of several resources and pools is one, in each pool and in all together', () => {
    const things = {
      resources: [aResource('r1'), aResource('r2'), aResource('r3', { poolId: 'p2' })],
      reservations: [ended('v1', '10T01:00', '10T02:00')],
      allocations: ['r1', 'r2', 'r3'].map((id) => held('v1', '10T01:00', '10T02:00', id)),
    };
    const today = (poolId: string | null) => figures(things, 3, poolId)[2]!;
    expect(today('p1')).toMatchObject({ started: 1, held: 2 * HOUR, there: 24 * HOUR });
    expect(today('p2')).toMatchObject({ started: 1, held: HOUR });
    expect(today(null)).toMatchObject({ started: 1, held: 3 * HOUR, there: 36 * HOUR });
    expect(today(null).ended.released).toBe(1);
  });

  test('is lost if its holder did not end it, and had it', () => {
    const ends = [
      { endReason: 'released' },
      { endReason: 'expired' },
      { endReason: 'expired', endDetail: 'No heartbeat came.' },
      { endReason: 'revoked', endDetail: 'by Bea' },
      { endReason: 'failed' },
      { endReason: 'failed', startsAt: null },
    ] as const;
    const [, , today] = figures({
      reservations: ends.map((end, index) => ended(`v${index}`, '10T01:00', '10T02:00', end)),
      allocations: ends.map((_, index) => held(`v${index}`, '10T01:00', '10T02:00')),
    });
    expect(today!.lost).toBe(3);
    expect(today!.ended).toMatchObject({ released: 1, expired: 2, revoked: 1, failed: 2 });
  });
});

describe('a wait', () => {
  test('is from the request until the loan, of all that were served', () => {
    const minutes = [0, 0, 5, 60];
    const [, , today] = figures({
      reservations: minutes.map((waited, index) =>
        ended(`v${index}`, '10T08:00', '10T09:00', {
          requestedAt: at('10T08:00') - waited * MINUTE,
        }),
      ),
      allocations: minutes.map((_, index) => held(`v${index}`, '10T08:00', '10T09:00')),
    });
    expect(today).toMatchObject({ started: 4, waited: 2 });
    expect(today!.waits).toEqual({ count: 4, p50: 0, p95: 60 * MINUTE, most: 60 * MINUTE });
  });

  test('in vain counts in each pool that would have done, and once in all', () => {
    const asking = (id: string, items: object[], endReason: string) =>
      ended(id, '10T01:00', '10T02:00', { items, endReason, startsAt: null });
    const things = {
      resources: [aResource('r1'), aResource('r3', { poolId: 'p2' })],
      reservations: [
        asking('v1', [{ pools: ['lab', 'den'], count: 1 }], 'timed_out'),
        asking(
          'v2',
          [
            { pool: 'lab', count: 2 },
            { pool: 'lab', count: 1 },
          ],
          'cancelled',
        ),
        asking('v3', [{ kind: 'account', labels: { zone: 'eu' }, count: 1 }], 'refused'),
        asking('v4', [{ resource: 'r3', count: 1 }], 'revoked'),
        asking('v5', [{ pool: 'gone', count: 1 }], 'revoked'),
      ],
    };
    const today = (poolId: string | null) => figures(things, 3, poolId)[2]!.unserved;
    expect(today('p1')).toMatchObject({ timed_out: 1, cancelled: 1, refused: 1, revoked: 0 });
    expect(today('p2')).toMatchObject({ timed_out: 1, cancelled: 0, refused: 0, revoked: 1 });
    expect(today(null)).toMatchObject({ timed_out: 1, cancelled: 1, refused: 1, revoked: 2 });
    expect(figures(things)[2]).toMatchObject({ started: 0, waits: null });
  });
});

test('returns are those after loans, with their levels; failures are told apart', () => {
  const back = (seq: number, fields: object) => ({
    ...{ seq, poolId: 'p1', cause: 'loan', level: 'R1' },
    ...{ since: at('10T01:00'), at: at('10T01:10') },
    ...fields,
  });
  const fault = (seq: number, type: string, operation: string | null = null) => ({
    ...{ seq, type, operation, poolId: 'p1', at: at('10T03:00') },
  });
  const [, , today] = figures({
    returns: [
      back(1, {}),
      back(2, { cause: 'unopened', level: 'R4', at: at('10T01:30') }),
      back(3, { cause: 'new' }),
      back(4, { cause: 'restore' }),
      back(5, { poolId: 'p2' }),
    ] as World['returns'],
    failures: [
      fault(1, 'resource.failed', 'clean'),
      fault(2, 'resource.failed', 'verify'),
      fault(3, 'resource.quarantined'),
    ] as World['failures'],
  });
  expect(today!.returns).toEqual({
    count: 2,
    p50: 10 * MINUTE,
    p95: 30 * MINUTE,
    most: 30 * MINUTE,
  });
  expect(today!.levels).toEqual({ R0: 0, R1: 1, R2: 0, R3: 0, R4: 1 });
  expect(today).toMatchObject({ failedCalls: 2, failedCleanings: 1, quarantined: 1 });
});

describe('counted by the job', () => {
  const things: Partial<World> = {
    resources: [
      aResource('r1', { createdAt: at('01T00:00') }),
      aResource('r2', { createdAt: at('08T00:00'), destroyedAt: at('09T00:00') }),
    ],
    reservations: [
      ended('v1', '08T22:00', '09T06:00'),
      ended('v2', '09T07:00', '09T08:00'),
      ended('v3', '09T07:30', '09T08:00', { startsAt: null, endReason: 'timed_out' }),
      aReservation('v4', { requestedAt: at('10T01:00') }),
    ],
    allocations: [
      held('v1', '08T22:00', '09T06:00'),
      held('v2', '09T07:00', '09T08:00'),
      held('v4', '10T01:00', null),
    ],
  };

  test.each([1, 2, 100])('%i rows at a time, it is the same as before', (limit) => {
    const after = counted(things, limit);
    for (const [days, poolId] of [
      [3, 'p1'],
      [2, 'p1'],
      [3, null],
      [3, 'p2'],
    ] as const)
      // prettier-ignore
      expect(shown(after, days, poolId)).toEqual(shown(things, days, poolId));
  });

  test('nothing is counted twice, and nothing is written when nothing is new', () => {
    const after = counted(things);
    const again = run(loadHistoryTail({ limit: 9 }, NOW), world(after));
    expect(again.isEmpty).toBe(true);
    expect(keepHistory(again)).toEqual({ changes: [], value: false });
  });

  test('it stays when the rows that it counted are forgotten', () => {
    const after = counted(things);
    const forgotten = {
      ...after,
      reservations: things.reservations!.slice(3),
      allocations: things.allocations!.slice(2),
      resources: things.resources!.slice(0, 1),
    };
    expect(shown(forgotten)).toEqual(shown(things));
  });

  test('rows of the present instant wait, since others may still join them', () => {
    const late = { reservations: [ended('v9', '10T11:00', '10T12:00')] };
    expect(run(loadHistoryTail({ limit: 9 }, NOW), world(late)).isEmpty).toBe(true);
    expect(run(loadHistoryTail({ limit: 9 }, NOW + 1), world(late)).isEmpty).toBe(false);
  });

  test('steps that are not kept any more are left out', () => {
    const old = {
      reservations: [ended('v1', '01T00:00', '01T01:00')],
      allocations: [held('v1', '01T00:00', '01T01:00')],
    };
    const steps = (now: number) => [
      ...new Set(counted(old, 9, now).tallies!.map(({ poolId, step }) => `${poolId}${step}`)),
    ];
    expect(steps(at('02T00:00')).sort()).toEqual(['day', 'hour', 'p1day', 'p1hour']);
    expect(steps(NOW).sort()).toEqual(['day', 'p1day']);
    expect(steps(NOW + 100 * DAY)).toEqual([]);
    expect(counted(old, 9, NOW + 100 * DAY).metadata![COUNTED]).toContain('"v1"');
    expect(ALL_POOLS).toBe('');
  });
});
