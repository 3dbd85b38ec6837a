import {
  boundOf,
  isHolderDead,
  isOut,
  nextLook,
  NO_EVIDENCE,
  observe,
  type Evidence,
  type Observation,
  type ProofTimes,
} from '../../src/drivers/ibm-cloud/proof';

/** When a holder counts as out, told on observations alone. */

const T = Date.parse('2026-01-01T13:00:00Z');
const MINUTE = 60_000;
const TIMES: ProofTimes = {
  propagation: 2 * MINUTE,
  tokenLife: 60 * MINUTE,
  tokensCanBeProven: true,
};
const BY_TIME = { ...TIMES, tokensCanBeProven: false };

/** The evidence after observations at these minutes, each of a refused key and token. */
function seen(
  looks: readonly (Partial<Observation> & { at: number })[],
  times: ProofTimes = TIMES,
): Evidence {
  return looks.reduce(
    (evidence, { at, ...fields }) =>
      observe(
        evidence,
        {
          now: T + at * MINUTE,
          key: 'refused',
          token: 'refused',
          found: 0,
          seeds: 0,
          borrowedFor: 0,
          ...fields,
        },
        times,
      ),
    NO_EVIDENCE,
  );
}

const isDeadAt = (at: number, evidence: Evidence, times = TIMES) =>
  isHolderDead(evidence, T + at * MINUTE, times);

describe('a key and its tokens are dead', () => {
  it('after three refusals in a row, over twice the propagation', () => {
    expect(isDeadAt(4, seen([{ at: 0 }, { at: 2 }, { at: 4 }]))).toBe(true);
    expect(isDeadAt(4, seen([{ at: 0 }, { at: 4 }]))).toBe(false);
    expect(isDeadAt(3, seen([{ at: 0 }, { at: 1 }, { at: 3 }]))).toBe(false);
  });

  it('not if the key was accepted once in between', () => {
    const looks = [{ at: 0 }, { at: 1 }, { at: 2, key: 'accepted' as const }, { at: 3 }, { at: 5 }];
    expect(isDeadAt(5, seen(looks))).toBe(false);
    expect(isDeadAt(7, seen([...looks, { at: 7 }]))).toBe(true);
  });

  it('not while the token is accepted, until none can live any more', () => {
    const looks = [0, 2, 4].map((at) => ({ at, token: 'accepted' as const }));
    expect(isDeadAt(61, seen(looks))).toBe(false);
    expect(isDeadAt(62, seen(looks))).toBe(true);
  });

  it('by nothing that proves nothing', () => {
    const silent = { key: null, token: null } as const;
    expect(isDeadAt(90, seen([0, 2, 4, 90].map((at) => ({ at, ...silent }))))).toBe(false);
    expect(isDeadAt(4, seen([{ at: 0 }, { at: 2, ...silent }, { at: 4 }]))).toBe(false);
  });

  it('only by time where holders manage access, or where there is no witness', () => {
    const refused = seen([{ at: 0 }, { at: 2 }, { at: 4 }]);
    expect([isDeadAt(4, refused, BY_TIME), isDeadAt(62, refused, BY_TIME)]).toEqual([false, true]);
    const absent = seen([0, 2, 4].map((at) => ({ at, token: 'absent' as const })));
    expect([isDeadAt(4, absent), isDeadAt(62, absent)]).toEqual([false, true]);
  });
});

describe('the bound', () => {
  it('counts from the first refusal, a propagation later', () => {
    expect(boundOf(NO_EVIDENCE, TIMES)).toBeNull();
    expect(boundOf(seen([{ at: 0 }, { at: 3 }]), TIMES)).toBe(T + 62 * MINUTE);
  });

  it('moves with everything that could give access and was found', () => {
    const found = seen([{ at: 0 }, { at: 30, found: 1, seeds: 1 }], BY_TIME);
    expect(boundOf(found, BY_TIME)).toBe(T + 92 * MINUTE);
    const inert = seen([{ at: 0 }, { at: 30, found: 1 }], BY_TIME);
    expect(boundOf(inert, BY_TIME)).toBe(T + 62 * MINUTE);
    const borrowed = { at: 30, found: 1, seeds: 1, borrowedFor: 100 * MINUTE };
    expect(boundOf(seen([{ at: 0 }, borrowed], BY_TIME), BY_TIME)).toBe(T + 192 * MINUTE);
  });

  it('never comes nearer by what is found later', () => {
    const borrowed = { at: 1, found: 1, seeds: 1, borrowedFor: 900 * MINUTE };
    const evidence = seen([{ at: 0 }, borrowed, { at: 2, found: 1, seeds: 1 }], BY_TIME);
    expect(boundOf(evidence, BY_TIME)).toBe(T + 963 * MINUTE);
  });
});

describe('the holder is out', () => {
  const dead = [{ at: 0 }, { at: 2 }];
  const isOutAfter = (at: number, looks: Parameters<typeof seen>[0]) =>
    isOut(seen(looks), T + at * MINUTE, TIMES);

  it('when two searches after their death, a propagation apart, found nothing', () => {
    expect(isOutAfter(4, [...dead, { at: 4 }])).toBe(false);
    expect(isOutAfter(5, [...dead, { at: 4 }, { at: 5 }])).toBe(false);
    expect(isOutAfter(6, [...dead, { at: 4 }, { at: 6 }])).toBe(true);
  });

  it('not if the second found something, or nobody searched', () => {
    expect(isOutAfter(6, [...dead, { at: 4 }, { at: 6, found: 1 }])).toBe(false);
    expect(isOutAfter(6, [...dead, { at: 4 }, { at: 6, found: null }])).toBe(false);
  });
});

test('the reason names the minute by which the last token has expired', () => {
  const looks = [0, 2, 4].map((at) => ({ at, token: 'accepted' as const }));
  const { until, reason } = nextLook(seen(looks), T + 4 * MINUTE, TIMES);
  expect(reason).toBe('A token of the last holder may live until 14:02 UTC.');
  expect(until).toBe(T + 5 * MINUTE);
  expect(nextLook(seen(looks, BY_TIME), T + 4 * MINUTE, BY_TIME).until).toBe(T + 62 * MINUTE);
});
