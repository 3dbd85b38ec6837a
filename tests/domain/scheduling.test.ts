import {
  AGE_PER_PRIORITY,
  isPromoted,
  OVERTAKE_LIMIT,
  requestRank,
  schedule,
  type Candidate,
  type Queues,
  type QueuedRequest,
  type QueuedItem,
} from '../../src/domain/queue/scheduling';
import { isOlder } from '../../src/domain/queue/ranks';
import { NO_QUEUES } from './support/lifecycle';

/** Who is served next: the rules in the header of domain/scheduling.ts, one by one. */

const NOW = 1_000_000_000;

function candidate(
  resourceId: string,
  classId = 1,
  aside: Pick<Candidate, 'heldFor' | 'heldItem'> = {
    heldFor: null,
    heldItem: null,
  },
): Candidate {
  return {
    resourceId,
    classId,
    poolId: `pool-${classId}`,
    generation: 0,
    rank: 0,
    operationId: null,
    ...aside,
  };
}

const wants = (classes: number[], missing = 1, resourceId: string | null = null): QueuedItem => ({
  classes,
  count: Math.max(1, missing),
  missing,
  resourceId,
});

function request(
  reservationId: string,
  items: QueuedItem[],
  fields: Partial<QueuedRequest> = {},
): QueuedRequest {
  const requestedAt = fields.requestedAt ?? NOW;
  return {
    reservationId,
    rank: requestRank(requestedAt, 0),
    requestedAt,
    overtaken: 0,
    lasts: null,
    parked: false,
    items,
    ...fields,
  };
}

function plan(queues: Partial<Queues>) {
  return schedule({ ...NO_QUEUES, ...queues }, NOW);
}

/** Grants as `who: what`, in the order in which they were made. */
const granted = (queues: Partial<Queues>) =>
  plan(queues).grants.map(
    ({ reservationId, picks }) =>
      `${reservationId}: ` +
      `${picks.map(({ item, candidate: { resourceId } }) => `${item}=${resourceId}`).join(' ')}`,
  );

it('of two requests one is older, by time and then by id', () => {
  const at = (id: string, requestedAt: number) => request(id, [], { requestedAt });
  const older = (a: QueuedRequest, b: QueuedRequest) => [isOlder(a, b), isOlder(b, a)];
  expect(older(at('a', 1), at('b', 2))).toEqual([true, false]);
  expect(older(at('b', 1), at('a', 2))).toEqual([true, false]);
  expect(older(at('a', 1), at('b', 1))).toEqual([true, false]);
  expect(isOlder(at('a', 1), at('a', 1))).toBe(false);
});

describe('order in a line', () => {
  it('is that of request time', () => {
    const requests = [
      request('late', [wants([1])], { requestedAt: NOW - 1 }),
      request('early', [wants([1])], { requestedAt: NOW - 2 }),
    ];
    expect(granted({ requests, available: [candidate('a')] })).toEqual(['early: 0=a']);
  });

  it('is that of the id among those of one moment', () => {
    expect(
      granted({
        requests: [request('b', [wants([1])]), request('a', [wants([1])])],
        available: [candidate('x')],
      }),
    ).toEqual(['a: 0=x']);
  });

  it.each([
    ['just less than its priority is worth', AGE_PER_PRIORITY - 1, 'new'],
    ['just more than its priority is worth', AGE_PER_PRIORITY + 1, 'old'],
  ])('priority 1 against one that asked earlier by %s', (_name, earlier, first) => {
    const old = request('old', [wants([1])], {
      requestedAt: NOW - earlier,
      rank: requestRank(NOW - earlier, 0),
    });
    const fresh = request('new', [wants([1])], { rank: requestRank(NOW, 1) });
    expect(granted({ requests: [old, fresh], available: [candidate('a')] })).toEqual([
      `${first}: 0=a`,
    ]);
  });

  it('gives the best resource first, though another came first', () => {
    const available = [
      { ...candidate('a'), rank: 2 },
      { ...candidate('b', 2), rank: 0 },
      { ...candidate('c'), rank: 1 },
    ];
    expect(granted({ requests: [request('w', [wants([1, 2], 2)])], available })).toEqual([
      'w: 0=c 0=a',
    ]);
  });

  it('gives the best resource first', () => {
    expect(
      granted({
        requests: [request('w', [wants([1], 2)])],
        available: [candidate('a'), candidate('b'), candidate('c')],
      }),
    ).toEqual(['w: 0=a 0=b']);
  });

  it('does not let a later, smaller one past one that needs more', () => {
    const requests = [
      request('big', [wants([1], 2)], { requestedAt: NOW - 1 }),
      request('small', [wants([1])]),
    ];
    const { grants, held, missing } = plan({ requests, available: [candidate('a')] });
    expect(grants).toEqual([]);
    expect(held).toEqual([
      { reservationId: 'big', pick: { item: 0, candidate: candidate('a') }, until: null },
    ]);
    expect(missing).toEqual([{ reservationId: 'big', item: 0, missing: 1 }]);
  });

  it('lets a later one past in a line that the earlier one does not lack', () => {
    const requests = [
      request('big', [wants([1], 1), wants([2], 1)], { requestedAt: NOW - 1 }),
      request('small', [wants([1])]),
    ];
    expect(granted({ requests, available: [candidate('a'), candidate('b')] })).toEqual([
      'small: 0=b',
    ]);
  });
});

describe('a bundle', () => {
  it('is promoted when something is set aside for it, and keeps its rank when nothing is', () => {
    const bundle = request('w', [wants([1]), wants([2])]);
    expect(
      plan({ requests: [bundle], available: [candidate('a')] }).promotions.map(({ rank }) =>
        isPromoted(rank),
      ),
    ).toEqual([true]);
    expect(plan({ requests: [bundle] })).toEqual({
      grants: [],
      held: [],
      parked: [],
      unparked: [],
      taken: [],
      missing: [],
      promotions: [],
      overtakes: [],
    });
  });

  it('holds what it gets, and lacks that much less; what it held before is not moved', () => {
    const kept = candidate('h', 1, { heldFor: 'v', heldItem: 0 });
    const { held, missing, grants } = plan({
      requests: [request('v', [wants([1]), wants([2])])],
      held: [kept],
      available: [candidate('a')],
    });
    expect(grants).toEqual([]);
    expect(held).toEqual([
      { reservationId: 'v', pick: { item: 0, candidate: candidate('a') }, until: null },
    ]);
    expect(missing).toEqual([{ reservationId: 'v', item: 0, missing: 0 }]);
  });

  it('moves what it holds to another item where that brings it further', () => {
    const kept = candidate('h', 1, { heldFor: 'v', heldItem: 0 });
    const { held, missing } = plan({
      requests: [request('v', [wants([1, 2], 0), wants([1]), wants([3])])],
      held: [kept],
      available: [candidate('a', 2)],
    });
    expect(held.map(({ pick }) => [pick.item, pick.candidate.resourceId]).sort()).toEqual([
      [0, 'a'],
      [1, 'h'],
    ]);
    expect(missing).toEqual([{ reservationId: 'v', item: 1, missing: 0 }]);
  });

  it('is not served before it has as many as it wants, those that it holds included', () => {
    const kept = candidate('h', 1, { heldFor: 'v', heldItem: 0 });
    const served = (missing: number) =>
      plan({
        requests: [request('v', [wants([1], missing)])],
        held: [kept],
        available: [candidate('a')],
      }).grants.length;
    expect([served(1), served(2)]).toEqual([1, 0]);
  });

  it('promoted goes before any priority', () => {
    const { promotions } = plan({
      requests: [request('w', [wants([1]), wants([2])])],
      available: [candidate('a')],
    });
    const promoted = request('w', [wants([1], 0), wants([2])], { rank: promotions[0]!.rank });
    const kept = candidate('a', 1, { heldFor: 'w', heldItem: 0 });
    const urgent = request('urgent', [wants([2])], {
      rank: requestRank(NOW, 100),
      requestedAt: NOW - 5,
    });
    expect(
      granted({ requests: [urgent, promoted], held: [kept], available: [candidate('b', 2)] }),
    ).toEqual(['w: 0=a 1=b']);
  });

  it('of two that want the same two lines, one gets both: no deadlock, whatever comes free first', () => {
    for (const order of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const requests = [
        request('one', [wants([1]), wants([2])]),
        request('two', [wants([2]), wants([1])]),
      ];
      const [first, second] = order.map((id) => candidate(id, id === 'a' ? 1 : 2));
      const { held, promotions } = plan({ requests, available: [first!] });
      expect(held.map(({ reservationId }) => reservationId)).toEqual(['one']);
      const item = first!.classId - 1;
      const one = {
        ...requests[0]!,
        rank: promotions[0]!.rank,
        items: requests[0]!.items.map((entry, index) => ({
          ...entry,
          missing: index === item ? 0 : 1,
        })),
      };
      const kept = { ...first!, heldFor: 'one', heldItem: item };
      expect(
        plan({ requests: [one, requests[1]!], held: [kept], available: [second!] }).grants.map(
          ({ reservationId }) => reservationId,
        ),
      ).toEqual(['one']);
    }
  });
});

describe('something held for another that is back in time', () => {
  const kept = { ...candidate('a', 1, { heldFor: 'w', heldItem: 0 }), lendUntil: NOW + 9 };
  const asks = (items: QueuedItem[]) => ({
    requests: [request('brief', items, { lasts: 9 })],
    available: [candidate('b')],
    lendable: [kept],
  });

  it('serves any item that does not name it', () => {
    expect(granted(asks([wants([1], 1, 'b'), wants([1])]))).toEqual(['brief: 0=b 1=a']);
  });

  it('serves no item that names it, nor makes room for one', () => {
    expect(granted(asks([wants([1], 1, 'a'), wants([1])]))).toEqual([]);
    expect(granted({ ...asks([wants([1], 1, 'a'), wants([1])]), available: [] })).toEqual([]);
  });
});

describe('items of one request make room for one another', () => {
  it('when the one that could have anything came first', () => {
    const flexible = request('w', [wants([1, 2]), wants([1])]);
    expect(
      granted({ requests: [flexible], available: [candidate('a', 1), candidate('b', 2)] }),
    ).toEqual(['w: 0=b 1=a']);
  });

  it('when it comes to a resource that one of them names', () => {
    const naming = request('w', [wants([1]), wants([1], 1, 'a')]);
    expect(granted({ requests: [naming], available: [candidate('a'), candidate('b')] })).toEqual([
      'w: 0=b 1=a',
    ]);
  });

  it('when what one of them needs was set aside for another', () => {
    const w = request('w', [wants([1, 2], 0), wants([1])]);
    const kept = candidate('a', 1, { heldFor: 'w', heldItem: 0 });
    expect(granted({ requests: [w], held: [kept], available: [candidate('b', 2)] })).toEqual([
      'w: 0=b 1=a',
    ]);
  });

  it('and the one with least choice is served first, so that what comes next can suit another', () => {
    const flexible = request('w', [wants([1, 2]), wants([1])]);
    expect(
      plan({ requests: [flexible], available: [candidate('a', 1)] }).held.map(
        ({ pick }) => pick.item,
      ),
    ).toEqual([1]);
  });

  it('along a chain of three', () => {
    const w = request('w', [wants([1, 2]), wants([2, 3]), wants([1])]);
    expect(
      plan({ requests: [w], available: [candidate('a', 1), candidate('b', 2), candidate('c', 3)] })
        .grants,
    ).toHaveLength(1);
  });
});

describe('overtaking', () => {
  const old = (overtaken: number) =>
    request('old', [wants([1])], { requestedAt: NOW - 1_000, overtaken });
  const urgent = (id = 'urgent') => request(id, [wants([1])], { rank: requestRank(NOW, 50) });
  const all = (...requests: QueuedRequest[]) => ({ requests, more: false });

  it('is counted against the one who has waited longest in the line', () => {
    expect(
      plan({
        requests: [urgent()],
        longestWaiting: { 1: all(old(3)) },
        available: [candidate('a')],
      }).overtakes,
    ).toEqual([{ reservationId: 'old', overtaken: 4 }]);
  });

  it('is not counted when the older one is served first', () => {
    const requests = [old(3), request('new', [wants([1])])];
    expect(
      plan({
        requests,
        longestWaiting: { 1: all(...requests) },
        available: [candidate('a'), candidate('b')],
      }).overtakes,
    ).toEqual([]);
  });

  it.each([
    [OVERTAKE_LIMIT - 2, 0],
    [OVERTAKE_LIMIT - 1, 1],
  ])('after %i times leads to %i promotions', (overtaken, promotions) => {
    expect(
      plan({
        requests: [urgent()],
        longestWaiting: { 1: all(old(overtaken)) },
        available: [candidate('a')],
      }).promotions,
    ).toHaveLength(promotions);
  });

  it('is counted for one who asked for just this resource, too', () => {
    const naming = request('naming', [wants([1], 1, 'a')], { requestedAt: NOW - 1_000 });
    expect(
      plan({
        requests: [urgent(), naming],
        longestWaiting: { 1: all(naming) },
        available: [candidate('a')],
      }).overtakes,
    ).toEqual([{ reservationId: 'naming', overtaken: 1 }]);
  });

  describe('in one transaction that serves many', () => {
    const crowd = (count: number) =>
      Array.from({ length: count }, (_, index) => urgent(`urgent-${10 + index}`));
    const stock = (count: number) =>
      Array.from({ length: count }, (_, index) => candidate(`r-${10 + index}`));
    const served = (queues: Partial<Queues>) =>
      plan(queues).grants.map(({ reservationId }) => reservationId);

    it(
      'happens no more often than the limit says, though the old one stood too far back to ' +
        'be a head',
      () => {
        expect(
          served({
            requests: crowd(15),
            longestWaiting: { 1: all(old(0)) },
            available: stock(20),
          }).indexOf('old'),
        ).toBe(OVERTAKE_LIMIT);
        expect(
          served({
            requests: crowd(15),
            longestWaiting: { 1: all(old(OVERTAKE_LIMIT - 2)) },
            available: stock(20),
          }).indexOf('old'),
        ).toBe(2);
      },
    );

    it('is counted against the next when the oldest is out of the way', () => {
      const second = { ...old(4), reservationId: 'second', requestedAt: NOW - 500 };
      const { grants, overtakes } = plan({
        requests: crowd(15),
        longestWaiting: { 1: all(old(7), second) },
        available: stock(20),
      });
      expect(grants.map(({ reservationId }) => reservationId).indexOf('old')).toBe(3);
      expect(grants.map(({ reservationId }) => reservationId).indexOf('second')).toBe(10);
      expect(overtakes).toEqual([]);
    });

    it('waits for the next transaction where nobody knows who is overtaken', () => {
      const longestWaiting = { 1: { requests: [old(8)], more: true } };
      expect(served({ requests: crowd(5), longestWaiting, available: stock(10) })).toEqual([
        'urgent-10',
        'urgent-11',
        'old',
      ]);
    });

    it('leaves what is behind the horizon of a line to the next transaction', () => {
      const [first, second] = crowd(2);
      expect(
        served({ requests: [first!, second!], queueCutoffs: { 1: first! }, available: stock(2) }),
      ).toEqual(['urgent-10']);
    });

    it('is counted of a promotion in all lines, and what that leads to as well', () => {
      const bundle = request('bundle', [wants([1]), wants([2])], { rank: requestRank(NOW, 50) });
      const wide = { ...old(OVERTAKE_LIMIT - 1), items: [wants([2]), wants([3])] };
      const older = request('older', [wants([3])], { requestedAt: NOW - 2_000 });
      const { promotions, overtakes } = plan({
        requests: [bundle],
        longestWaiting: { 2: all(wide), 3: all(older, wide) },
        available: [candidate('a')],
      });
      expect(promotions.map(({ reservationId }) => reservationId)).toEqual(['bundle', 'old']);
      expect(overtakes).toEqual([
        { reservationId: 'old', overtaken: OVERTAKE_LIMIT },
        { reservationId: 'older', overtaken: 1 },
      ]);
    });
  });

  it('counts one request once, though it is the oldest of two lines', () => {
    const both = request('both', [wants([1]), wants([2])], { requestedAt: NOW - 1_000 });
    const bundle = request('bundle', [wants([1]), wants([2])], { rank: requestRank(NOW, 50) });
    const { overtakes } = plan({
      requests: [bundle],
      longestWaiting: { 1: all(both), 2: all(both) },
      available: [candidate('a', 1), candidate('b', 2)],
    });
    expect(overtakes).toEqual([{ reservationId: 'both', overtaken: 1 }]);
  });
});
