import {
  AGE_PER_PRIORITY,
  isPromoted,
  OVERTAKE_LIMIT,
  rankOf,
  schedule,
  type Candidate,
  type Queues,
  type Waiter,
  type WaitingItem,
} from '../../src/domain/scheduling';

/** Who is served next: the rules in the header of domain/scheduling.ts, one by one. */

const NOW = 1_000_000_000;

function candidate(
  resourceId: string,
  lineId = 1,
  aside: Pick<Candidate, 'setAsideFor' | 'setAsideItem'> = {
    setAsideFor: null,
    setAsideItem: null,
  },
): Candidate {
  return {
    resourceId,
    lineId,
    poolId: `pool-${lineId}`,
    generation: 0,
    rank: 0,
    operationId: null,
    ...aside,
  };
}

const wants = (lines: number[], missing = 1, resourceId: string | null = null): WaitingItem => ({
  lines,
  missing,
  resourceId,
});

function waiter(reservationId: string, items: WaitingItem[], fields: Partial<Waiter> = {}): Waiter {
  const requestedAt = fields.requestedAt ?? NOW;
  return {
    reservationId,
    rank: rankOf(requestedAt, 0),
    requestedAt,
    overtaken: 0,
    items,
    ...fields,
  };
}

function plan(queues: Partial<Queues>) {
  return schedule(
    { waiters: [], available: [], setAside: [], elders: {}, horizons: {}, ...queues },
    NOW,
  );
}

/** Grants as `who: what`, in the order in which they were made. */
const granted = (queues: Partial<Queues>) =>
  plan(queues).grants.map(
    ({ reservationId, picks }) =>
      `${reservationId}: ` +
      `${picks.map(({ item, candidate: { resourceId } }) => `${item}=${resourceId}`).join(' ')}`,
  );

describe('order in a line', () => {
  it('is that of request time', () => {
    const waiters = [
      waiter('late', [wants([1])], { requestedAt: NOW - 1 }),
      waiter('early', [wants([1])], { requestedAt: NOW - 2 }),
    ];
    expect(granted({ waiters, available: [candidate('a')] })).toEqual(['early: 0=a']);
  });

  it('is that of the id among those of one moment', () => {
    expect(
      granted({
        waiters: [waiter('b', [wants([1])]), waiter('a', [wants([1])])],
        available: [candidate('x')],
      }),
    ).toEqual(['a: 0=x']);
  });

  it.each([
    ['just less than its priority is worth', AGE_PER_PRIORITY - 1, 'new'],
    ['just more than its priority is worth', AGE_PER_PRIORITY + 1, 'old'],
  ])('priority 1 against one that asked earlier by %s', (_name, earlier, first) => {
    const old = waiter('old', [wants([1])], {
      requestedAt: NOW - earlier,
      rank: rankOf(NOW - earlier, 0),
    });
    const fresh = waiter('new', [wants([1])], { rank: rankOf(NOW, 1) });
    expect(granted({ waiters: [old, fresh], available: [candidate('a')] })).toEqual([
      `${first}: 0=a`,
    ]);
  });

  it('gives the best resource first, though another came first', () => {
    const available = [
      { ...candidate('a'), rank: 2 },
      { ...candidate('b', 2), rank: 0 },
      { ...candidate('c'), rank: 1 },
    ];
    expect(granted({ waiters: [waiter('w', [wants([1, 2], 2)])], available })).toEqual([
      'w: 0=c 0=a',
    ]);
  });

  it('gives the best resource first', () => {
    expect(
      granted({
        waiters: [waiter('w', [wants([1], 2)])],
        available: [candidate('a'), candidate('b'), candidate('c')],
      }),
    ).toEqual(['w: 0=a 0=b']);
  });

  it('does not let a later, smaller one past one that needs more', () => {
    const waiters = [
      waiter('big', [wants([1], 2)], { requestedAt: NOW - 1 }),
      waiter('small', [wants([1])]),
    ];
    const { grants, setAside, missing } = plan({ waiters, available: [candidate('a')] });
    expect(grants).toEqual([]);
    expect(setAside).toEqual([
      { reservationId: 'big', pick: { item: 0, candidate: candidate('a') } },
    ]);
    expect(missing).toEqual([{ reservationId: 'big', item: 0, missing: 1 }]);
  });

  it('lets a later one past in a line that the earlier one does not lack', () => {
    const waiters = [
      waiter('big', [wants([1], 1), wants([2], 1)], { requestedAt: NOW - 1 }),
      waiter('small', [wants([1])]),
    ];
    expect(granted({ waiters, available: [candidate('a'), candidate('b')] })).toEqual([
      'small: 0=b',
    ]);
  });
});

describe('a bundle', () => {
  it('is promoted when something is set aside for it, and keeps its rank when nothing is', () => {
    const bundle = waiter('w', [wants([1]), wants([2])]);
    expect(
      plan({ waiters: [bundle], available: [candidate('a')] }).promotions.map(({ rank }) =>
        isPromoted(rank),
      ),
    ).toEqual([true]);
    expect(plan({ waiters: [bundle] })).toEqual({
      grants: [],
      setAside: [],
      missing: [],
      promotions: [],
      overtakes: [],
    });
  });

  it('promoted goes before any priority', () => {
    const { promotions } = plan({
      waiters: [waiter('w', [wants([1]), wants([2])])],
      available: [candidate('a')],
    });
    const promoted = waiter('w', [wants([1], 0), wants([2])], { rank: promotions[0]!.rank });
    const kept = candidate('a', 1, { setAsideFor: 'w', setAsideItem: 0 });
    const urgent = waiter('urgent', [wants([2])], { rank: rankOf(NOW, 100), requestedAt: NOW - 5 });
    expect(
      granted({ waiters: [urgent, promoted], setAside: [kept], available: [candidate('b', 2)] }),
    ).toEqual(['w: 0=a 1=b']);
  });

  it('of two that want the same two lines, one gets both: no deadlock, whatever comes free first', () => {
    for (const order of [
      ['a', 'b'],
      ['b', 'a'],
    ]) {
      const waiters = [
        waiter('one', [wants([1]), wants([2])]),
        waiter('two', [wants([2]), wants([1])]),
      ];
      const [first, second] = order.map((id) => candidate(id, id === 'a' ? 1 : 2));
      const { setAside, promotions } = plan({ waiters, available: [first!] });
      expect(setAside.map(({ reservationId }) => reservationId)).toEqual(['one']);
      const item = first!.lineId - 1;
      const one = {
        ...waiters[0]!,
        rank: promotions[0]!.rank,
        items: waiters[0]!.items.map((entry, index) => ({
          ...entry,
          missing: index === item ? 0 : 1,
        })),
      };
      const kept = { ...first!, setAsideFor: 'one', setAsideItem: item };
      expect(
        plan({ waiters: [one, waiters[1]!], setAside: [kept], available: [second!] }).grants.map(
          ({ reservationId }) => reservationId,
        ),
      ).toEqual(['one']);
    }
  });
});

describe('items of one request make room for one another', () => {
  it('when the one that could have anything came first', () => {
    const flexible = waiter('w', [wants([1, 2]), wants([1])]);
    expect(
      granted({ waiters: [flexible], available: [candidate('a', 1), candidate('b', 2)] }),
    ).toEqual(['w: 0=b 1=a']);
  });

  it('when it comes to a resource that one of them names', () => {
    const naming = waiter('w', [wants([1]), wants([1], 1, 'a')]);
    expect(granted({ waiters: [naming], available: [candidate('a'), candidate('b')] })).toEqual([
      'w: 0=b 1=a',
    ]);
  });

  it('when what one of them needs was set aside for another', () => {
    const w = waiter('w', [wants([1, 2], 0), wants([1])]);
    const kept = candidate('a', 1, { setAsideFor: 'w', setAsideItem: 0 });
    expect(granted({ waiters: [w], setAside: [kept], available: [candidate('b', 2)] })).toEqual([
      'w: 0=b 1=a',
    ]);
  });

  it('and the one with least choice is served first, so that what comes next can suit another', () => {
    const flexible = waiter('w', [wants([1, 2]), wants([1])]);
    expect(
      plan({ waiters: [flexible], available: [candidate('a', 1)] }).setAside.map(
        ({ pick }) => pick.item,
      ),
    ).toEqual([1]);
  });

  it('along a chain of three', () => {
    const w = waiter('w', [wants([1, 2]), wants([2, 3]), wants([1])]);
    expect(
      plan({ waiters: [w], available: [candidate('a', 1), candidate('b', 2), candidate('c', 3)] })
        .grants,
    ).toHaveLength(1);
  });
});

describe('overtaking', () => {
  const old = (overtaken: number) =>
    waiter('old', [wants([1])], { requestedAt: NOW - 1_000, overtaken });
  const urgent = (id = 'urgent') => waiter(id, [wants([1])], { rank: rankOf(NOW, 50) });
  const all = (...waiters: Waiter[]) => ({ waiters, more: false });

  it('is counted against the one who has waited longest in the line', () => {
    expect(
      plan({ waiters: [urgent()], elders: { 1: all(old(3)) }, available: [candidate('a')] })
        .overtakes,
    ).toEqual([{ reservationId: 'old', overtaken: 4 }]);
  });

  it('is not counted when the older one is served first', () => {
    const waiters = [old(3), waiter('new', [wants([1])])];
    expect(
      plan({ waiters, elders: { 1: all(...waiters) }, available: [candidate('a'), candidate('b')] })
        .overtakes,
    ).toEqual([]);
  });

  it.each([
    [OVERTAKE_LIMIT - 2, 0],
    [OVERTAKE_LIMIT - 1, 1],
  ])('after %i times leads to %i promotions', (overtaken, promotions) => {
    expect(
      plan({ waiters: [urgent()], elders: { 1: all(old(overtaken)) }, available: [candidate('a')] })
        .promotions,
    ).toHaveLength(promotions);
  });

  it('is counted for one who asked for just this resource, too', () => {
    const naming = waiter('naming', [wants([1], 1, 'a')], { requestedAt: NOW - 1_000 });
    expect(
      plan({ waiters: [urgent(), naming], elders: { 1: all(naming) }, available: [candidate('a')] })
        .overtakes,
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
          served({ waiters: crowd(15), elders: { 1: all(old(0)) }, available: stock(20) }).indexOf(
            'old',
          ),
        ).toBe(OVERTAKE_LIMIT);
        expect(
          served({
            waiters: crowd(15),
            elders: { 1: all(old(OVERTAKE_LIMIT - 2)) },
            available: stock(20),
          }).indexOf('old'),
        ).toBe(2);
      },
    );

    it('is counted against the next when the oldest is out of the way', () => {
      const second = { ...old(4), reservationId: 'second', requestedAt: NOW - 500 };
      const { grants, overtakes } = plan({
        waiters: crowd(15),
        elders: { 1: all(old(7), second) },
        available: stock(20),
      });
      expect(grants.map(({ reservationId }) => reservationId).indexOf('old')).toBe(3);
      expect(grants.map(({ reservationId }) => reservationId).indexOf('second')).toBe(10);
      expect(overtakes).toEqual([]);
    });

    it('waits for the next transaction where nobody knows who is overtaken', () => {
      const elders = { 1: { waiters: [old(8)], more: true } };
      expect(served({ waiters: crowd(5), elders, available: stock(10) })).toEqual([
        'urgent-10',
        'urgent-11',
        'old',
      ]);
    });

    it('leaves what is behind the horizon of a line to the next transaction', () => {
      const [first, second] = crowd(2);
      expect(
        served({ waiters: [first!, second!], horizons: { 1: first! }, available: stock(2) }),
      ).toEqual(['urgent-10']);
    });

    it('is counted of a promotion in all lines, and what that leads to as well', () => {
      const bundle = waiter('bundle', [wants([1]), wants([2])], { rank: rankOf(NOW, 50) });
      const wide = { ...old(OVERTAKE_LIMIT - 1), items: [wants([2]), wants([3])] };
      const older = waiter('older', [wants([3])], { requestedAt: NOW - 2_000 });
      const { promotions, overtakes } = plan({
        waiters: [bundle],
        elders: { 2: all(wide), 3: all(older, wide) },
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
    const both = waiter('both', [wants([1]), wants([2])], { requestedAt: NOW - 1_000 });
    const bundle = waiter('bundle', [wants([1]), wants([2])], { rank: rankOf(NOW, 50) });
    const { overtakes } = plan({
      waiters: [bundle],
      elders: { 1: all(both), 2: all(both) },
      available: [candidate('a', 1), candidate('b', 2)],
    });
    expect(overtakes).toEqual([{ reservationId: 'both', overtaken: 1 }]);
  });
});
