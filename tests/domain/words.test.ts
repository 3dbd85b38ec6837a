import { spelled } from '../../src/domain/field';
import { bestPositions, POSITION_LIMIT, loadPositions } from '../../src/domain/queue/positions';
import { cutoffsAt } from '../../src/domain/retention';
import { findUnstorable, MOST_LEVELS } from '../../src/domain/unstorable';

/** Small rules that many others use. */

test('a field is spelled as people write it', () => {
  expect(
    ['duration', ['items', 0, 'count'], ['a', 'b'], [0, 'a'], ['a', 0, 1], []].map(spelled),
  ).toEqual(['duration', 'items[0].count', 'a.b', '[0].a', 'a[0][1]', '']);
});

describe('text that cannot be stored', () => {
  const TEXT = expect.stringContaining('must be text') as string;

  test.each<[string, unknown, (string | number)[] | null]>([
    ['plain text', 'a\u{1f600}', null],
    ['numbers and nothing', [1, null, true, undefined, {}], null],
    ['NUL', 'a\0', []],
    ['half of a pair', '\ud800', []],
    ['text at any depth', { a: [{}, { b: 'x\0' }] }, ['a', 1, 'b']],
    ['the first of several', { a: 'x', b: '\0', c: '\0' }, ['b']],
    ['the first in a list', ['x', '\udc00', '\0'], [1]],
    ['a name of a field', { a: { '\0': 1 } }, ['a']],
  ])('is found in %s', (_what, value, path) => {
    expect(findUnstorable(value)).toEqual(path && { path, message: TEXT });
  });

  test('is a name that would be lost, too', () => {
    expect(findUnstorable(JSON.parse('{"a":{"__proto__":1}}'))).toEqual({
      path: ['a', '__proto__'],
      message: 'is no name that a field can have',
    });
  });

  test('is looked for however deep, and wherever an alias leads back', () => {
    const nested = (levels: number) => {
      let deep: unknown = '\0';
      for (let level = 0; level < levels; level += 1) deep = [deep];
      return deep;
    };
    const deepest = Array<number>(MOST_LEVELS).fill(0);
    expect(findUnstorable(nested(MOST_LEVELS))).toEqual({ path: deepest, message: TEXT });
    for (const levels of [MOST_LEVELS + 1, 20_000])
      expect(findUnstorable(nested(levels))).toEqual({
        path: [0, 0, 0],
        message: 'is nested more than 32 levels deep',
      });
    const round: Record<string, unknown> = { a: 1 };
    round['self'] = round;
    expect(findUnstorable(round)).toBeNull();
    const shared = { text: '\0' };
    expect(findUnstorable({ a: { again: round }, b: shared, c: shared })!.path).toEqual([
      'b',
      'text',
    ]);
  });
});

describe('the position of a queued request', () => {
  const entry = (item: number, classId: number, aheadInQueue: number, aheadForResource = 0) => ({
    item,
    classId,
    count: 2,
    missing: 1,
    aheadInQueue,
    aheadForResource,
  });

  test('is the best among the queues of each item', () => {
    expect(bestPositions([entry(0, 1, 5), entry(0, 2, 3), entry(0, 3, 4), entry(1, 1, 7)])).toEqual(
      [
        { item: 0, count: 2, missing: 1, ahead: 3, classIds: [1, 2, 3] },
        { item: 1, count: 2, missing: 1, ahead: 7, classIds: [1] },
      ],
    );
    expect(bestPositions([])).toEqual([]);
  });

  test('counts those who want the same resource by name', () => {
    expect(bestPositions([entry(0, 1, 2, 3)])[0]!.ahead).toBe(5);
  });

  test('is counted one beyond the limit, to tell it from more', () => {
    const { value } = loadPositions('v1').next();
    expect(value).toEqual({
      ask: 'entryPositions',
      reservationId: 'v1',
      limit: POSITION_LIMIT + 1,
    });
  });
});

test('a token is forgotten with the later of its reservations and its events', () => {
  const kept = { events: 10, reservations: 20, idempotency: 30, operations: 40 };
  const cut = { events: 90, reservations: 80, idempotency: 70, operations: 60 };
  const DAY = 86_400_000;
  const tallies = { hour: 100 - 4 * DAY, day: 100 - 100 * DAY };
  const most = { mostEnded: 100_000, mostEvents: 20_000_000 };
  const all = { ...cut, ...most, tallies, unserved: 80, tokens: 80, returns: 80, sessions: 100 };
  expect(cutoffsAt(100, kept)).toEqual(all);
  expect(cutoffsAt(100, { ...kept, events: 50 })).toEqual({
    ...all,
    events: 50,
    tokens: 50,
    returns: 50,
  });
});

test('a request that was never served is forgotten with its idempotency key, if that is sooner', () => {
  const kept = { events: 10, reservations: 20, operations: 40 };
  expect(
    [5, 20, 21].map((idempotency) => cutoffsAt(100, { ...kept, idempotency }).unserved),
  ).toEqual([95, 80, 80]);
});
