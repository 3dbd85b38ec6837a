import { sealer } from '../../src/crypto/sealing';
import { hashToken } from '../../src/crypto/tokens';
import { claimLength } from '../../src/domain/lifecycle/claims';
import type { OperationResult } from '../../src/domain/lifecycle/operation-result';
import { OPERATION_KINDS } from '../../src/domain/lifecycle/operation';
import type { Step } from '../../src/domain/lifecycle/operation-steps';
import {
  DriverError,
  NotYet,
  type Call,
  type CredentialSecret,
  type Driver,
} from '../../src/drivers/driver';
import { aad, type Engine } from '../../src/service/engine';
import { invokeDriver } from '../../src/service/lifecycle/driver-calls';
import type { Drivers } from '../../src/service/lifecycle/drivers';
import { credential, NOW, poolOf, standingAt } from '../domain/support/lifecycle';
import { anAllocation, aReservation } from '../domain/support/objects';

/** What the calls of one operation ask of a driver, and what is made of its answers. */

const SECRET = 'hunter2';
const seals = sealer(Buffer.alloc(32, 7));
const sealed = (id: string, state: 'current' | 'next' | 'retiring') => ({
  ...credential(id, state),
  sealed: seals.seal(aad.credential(id), JSON.stringify({ password: id })),
});
const OLD = sealed('old', 'current');
const ALL = { provisions: true, rotates: true, opensAccess: true, accessByKey: true };

/** A driver that does everything it is asked to, but for what `does` says. */
function driverThat(does: Partial<Record<keyof Driver, unknown>>) {
  const asked: [keyof Driver, ...unknown[]][] = [];
  const answers: Partial<Record<keyof Driver, unknown>> = {
    provision: { handle: 'made' },
    clean: { handle: 'cleaned' },
    verify: { ok: true },
    issueCredential: { password: 'op' },
    checkCredential: 'accepted',
    openAccess: { password: 'opened' },
    ...does,
  };
  const driver = new Proxy({} as Driver, {
    get: (_target, name: keyof Driver) => {
      if (name === 'capabilities') return ALL;
      return async (...given: unknown[]) => {
        asked.push([name, ...given.slice(0, -1)]);
        const answer = answers[name];
        if (answer instanceof Error) throw answer;
        return typeof answer === 'function'
          ? (answer as (...g: unknown[]) => unknown)(...given)
          : answer;
      };
    },
  });
  return { driver, asked };
}

interface Given {
  does?: Partial<Record<keyof Driver, unknown>>;
  task?: Parameters<typeof standingAt>[1];
  reservation?: ReturnType<typeof aReservation> | null;
  /** The attempt that the store says is under way. */
  underWay?: () => Promise<number | null>;
  now?: number;
}

/** Makes the calls of an operation that stands at `step`. */
async function call(step: Step, given: Given = {}) {
  const { does = {}, task, reservation = null, underWay = async () => 1, now = NOW } = given;
  const { driver, asked } = driverThat(does);
  const read = { attemptUnderWay: underWay, sshKeysOf: async () => [{ key: 'ssh-ed25519 A' }] };
  const engine = { sealer: seals, store: { now: () => now, read } } as unknown as Engine;
  const claimed = {
    ...standingAt(step, {
      credentials: [OLD],
      operation: { claimedUntil: NOW + claimLength(poolOf()) },
      ...task,
    }).task,
    reservation,
  };
  const drivers = { use: (_pool: unknown, work: (of: Driver) => unknown) => work(driver) };
  const result = await invokeDriver(engine, drivers as unknown as Drivers, claimed);
  return { result, asked, names: asked.map(([name]) => name) };
}

const outcomes = (result: OperationResult) => result.map(({ step, ok }) => [step, ok]);
const sealedIn = ([first]: OperationResult) =>
  (first as unknown as { value: { sealed: string } }).value.sealed;
const check = (accepts: (secret: CredentialSecret) => boolean) => (_: unknown, secret: unknown) =>
  accepts(secret as CredentialSecret) ? 'accepted' : 'refused';

it('a driver is told what it acts on, by whom, and in which attempt', async () => {
  const given: unknown[] = [];
  const does = { verify: (...all: unknown[]) => (given.push(...all), { ok: true }) };
  const types = [
    { name: 'other', share: 1, spec: { cpu: 1 } },
    { name: 'free', share: 1, spec: { cpu: 2 } },
  ];
  const operation = { attempt: 3, requestId: 'request', traceparent: 'trace' };
  await call('verify', { does, task: { pool: poolOf({ types }), operation } });
  await call('verify', { does, task: { pool: poolOf({ types: [types[0]!] }) } });
  const target = {
    resourceId: 'r1',
    pool: 'pool',
    name: 'pool-r1',
    kind: 'account',
    type: 'free',
    spec: { cpu: 2 },
    fields: {},
    generation: 0,
    handle: 'handle',
  };
  expect(given).toEqual([
    target,
    { password: 'old' },
    {
      operationId: 'op',
      ...operation,
      memo: null,
      derived: 'dead',
      show: expect.any(Function) as Call['show'],
      signal: expect.any(AbortSignal) as AbortSignal,
    },
    { ...target, spec: {}, fields: {} },
    { password: 'old' },
    expect.anything(),
  ]);
});

describe('a call that cannot end yet', () => {
  const later = (memo?: string) => new NotYet(NOW + 60_000, 'A token may live on.', memo);
  const task = { operation: { sealedMemo: seals.seal(aad.memo('op'), 'of the last time') } };

  it('is a pause, whose memo is sealed for its operation', async () => {
    const { result } = await call('verify', { does: { verify: later(SECRET) } });
    const [{ sealedMemo, ...rest }] = result as unknown as [{ sealedMemo: string }];
    expect(rest).toEqual({
      step: 'verify',
      ok: false,
      began: NOW,
      scope: 'pause',
      until: NOW + 60_000,
      reason: 'A token may live on.',
    });
    expect(sealedMemo).not.toContain(SECRET);
    expect(seals.open(aad.memo('op'), sealedMemo)).toBe(SECRET);
  });

  it('brings no memo if the driver gives none', async () => {
    const { result } = await call('verify', { does: { verify: later() } });
    expect(result[0]).toMatchObject({ scope: 'pause', sealedMemo: undefined });
  });

  it('is repeated with its memo, which no later step sees', async () => {
    const memos: unknown[] = [];
    const noting =
      (answer: unknown) =>
      (...given: unknown[]) => {
        memos.push((given.at(-1) as { memo: unknown }).memo);
        return answer;
      };
    const does = {
      clean: noting({ handle: 'cleaned' }),
      issueCredential: noting({ password: 'op' }),
      checkCredential: noting('accepted'),
    };
    await call('clean', {
      does,
      task: { operation: { ...task.operation, claimedUntil: NOW + claimLength(poolOf()) } },
    });
    expect(memos).toEqual(['of the last time', null, null]);
  });
});

describe('a new credential', () => {
  it('is proven by trying it, and sealed for its own row', async () => {
    const { result, asked } = await call('issueCredential');
    expect(outcomes(result)).toEqual([
      ['issueCredential', true],
      ['proveCredential', true],
    ]);
    expect(asked[1]).toEqual(['checkCredential', expect.anything(), { password: 'op' }]);
    expect(JSON.parse(seals.open(aad.credential('op'), sealedIn(result)))).toEqual({
      password: 'op',
    });
  });

  it('that does not work is kept, and is no proof', async () => {
    const does = { checkCredential: check(({ password }) => password !== 'op') };
    const { result } = await call('issueCredential', { does });
    expect(result).toEqual([
      expect.objectContaining({ step: 'issueCredential', ok: true }),
      {
        step: 'proveCredential',
        ok: false,
        began: NOW,
        scope: 'resource',
        reason: 'The new credential is refused.',
        hopeless: false,
      },
    ]);
  });

  it.each([
    ['token', { token: 'value' }, { valueHash: hashToken('value') }],
    ['token', { password: 'value' }, undefined],
    ['account', { token: 'value' }, undefined],
  ] as const)('of a %s is found again by its value: %j', async (kind, secret, details) => {
    const does = { issueCredential: secret };
    const { result } = await call('issueCredential', { does, task: { resource: { kind } } });
    expect(result[0]).toMatchObject({ ok: true, value: { details } });
  });

  it.each([
    ['kept from an earlier attempt is proven', [OLD, sealed('op', 'next')], true],
    ['that nobody kept cannot be proven', [OLD], false],
  ])('%s', async (_what, credentials, ok) => {
    const { result } = await call('proveCredential', { task: { credentials } });
    expect(outcomes(result)).toEqual([['proveCredential', ok]]);
  });

  it('that could not be issued is not tried', async () => {
    const does = { issueCredential: new DriverError('backend', 'away') };
    const { result, names } = await call('issueCredential', { does });
    expect(result).toEqual([
      { step: 'issueCredential', ok: false, began: NOW, scope: 'backend', reason: 'away' },
    ]);
    expect(names).toEqual(['issueCredential']);
  });
});

describe('an old credential', () => {
  const credentials = [sealed('op', 'current'), sealed('old', 'retiring'), sealed('older', 'next')];
  const retire = (works: string[]) =>
    call('retireCredential', {
      task: { credentials },
      does: { checkCredential: check(({ password }) => works.includes(String(password))) },
    });

  it('is retired, as are abandoned ones, once each is refused and the current one accepted', async () => {
    const { result, asked } = await retire(['op']);
    const period = { since: NOW, until: NOW };
    const refused = { endpoint: 'simulated: pool-r1', times: 3, accepted: 3, ...period };
    expect(result).toEqual([
      { step: 'retireCredential', ok: true, value: null, began: NOW, shown: { refused } },
    ]);
    const [current, old, older] = [{ password: 'op' }, { password: 'old' }, { password: 'older' }];
    // Either may be the one that was lent.
    expect(asked.map(([name, , ...secrets]) => [name, ...secrets])).toEqual(
      [old, older].flatMap((each) => [
        ['retireCredential', each, current],
        ...[1, 2, 3].flatMap(() => [
          ['checkCredential', each],
          ['checkCredential', current],
        ]),
      ]),
    );
  });

  it.each([
    ['once more where its driver has shown it', 3, 1],
    ['as often as it takes where its driver has shown too little', 1, 3],
  ])('is tried %s', async (_how, times, tries) => {
    const shown = { refused: { endpoint: 'e', times, since: 1, until: 2, accepted: times } };
    const { result, names } = await call('retireCredential', {
      task: { credentials: credentials.slice(0, 2) },
      does: {
        retireCredential: (...given: unknown[]) => (given.at(-1) as Call).show(shown),
        checkCredential: check(({ password }) => password === 'op'),
      },
    });
    expect(names.filter((name) => name === 'checkCredential')).toHaveLength(2 * tries);
    expect(result).toMatchObject([{ ok: true, shown: { refused: { times: 3, accepted: 3 } } }]);
  });

  it.each([
    ['The old credential still works.', ['op', 'old']],
    ['The old credential still works.', ['op', 'older']],
    ['The current credential is refused.', []],
  ])('is not: %s (%j)', async (reason, works) => {
    expect((await retire(works)).result).toMatchObject([{ ok: false, reason }]);
  });

  it('is not retired where no other would be left', async () => {
    const { result, asked } = await call('retireCredential', {
      task: { credentials: [sealed('old', 'retiring')] },
    });
    expect(result).toMatchObject([{ ok: false, scope: 'resource' }]);
    expect(asked).toEqual([]);
  });
});

describe('a credential that came from a backup or an admin', () => {
  const unproven = { resource: { unprovenSince: 3 }, credentials: [OLD, sealed('op', 'next')] };
  const RELYING: Step[] = [
    'clean',
    'verify',
    'issueCredential',
    'proveCredential',
    'retireCredential',
  ];
  const does = { checkCredential: 'refused' };

  it.each(RELYING)('is tried before %s, which is hopeless without it', async (step) => {
    const { result, asked } = await call(step, { task: unproven, does });
    expect(result).toEqual([
      {
        step,
        ok: false,
        scope: 'resource',
        reason: 'stale_credential',
        hopeless: true,
        began: NOW,
      },
    ]);
    expect(asked).toEqual([['checkCredential', expect.anything(), { password: 'old' }]]);
  });

  it.each(OPERATION_KINDS.filter((kind) => !RELYING.includes(kind)))(
    'does not matter to %s',
    async (step) => {
      const task = { ...unproven, allocation: anAllocation('r1', 'v1') };
      const { result, names } = await call(step, { task, does });
      expect(outcomes(result)).toEqual([[step, true]]);
      expect(names).toEqual([step]);
    },
  );

  it('that works is used; one that has proven itself is not tried', async () => {
    const tried = await call('verify', { task: unproven });
    expect([tried.names, outcomes(tried.result)]).toEqual([
      ['checkCredential', 'verify'],
      [['verify', true]],
    ]);
    expect((await call('verify', { does })).names).toEqual(['verify']);
    expect((await call('verify', { task: { ...unproven, credentials: [] }, does })).names).toEqual([
      'verify',
    ]);
  });
});

describe('a step that fails', () => {
  const task = { credentials: [OLD, sealed('op', 'next')], allocation: anAllocation('r1', 'v1') };
  const called = (step: Step) => (step === 'proveCredential' ? 'checkCredential' : step);
  const STEPS: Step[] = [...OPERATION_KINDS, 'proveCredential'];

  it.each(STEPS)(
    '%s: an error that is none of the driver shows nothing but its name',
    async (step) => {
      const does = { [called(step)]: new TypeError(`cannot log in with ${SECRET}`) };
      const { result } = await call(step, { task, does });
      const reason = 'The driver broke: TypeError.';
      expect(result).toEqual([{ step, ok: false, began: NOW, scope: 'resource', reason }]);
    },
  );

  it.each(['resource', 'backend'] as const)('%s: a DriverError says why', async (scope) => {
    const does = { clean: new DriverError(scope, 'Its disk is full.', { cause: SECRET }) };
    const { result } = await call('clean', { does });
    expect(result).toEqual([
      { step: 'clean', ok: false, began: NOW, scope, reason: 'Its disk is full.' },
    ]);
  });

  it('something thrown that is no error shows nothing', async () => {
    const does = { clean: jest.fn().mockRejectedValue(SECRET) };
    const { result } = await call('clean', { does });
    expect(result).toMatchObject([{ ok: false, reason: 'The driver broke: unknown error.' }]);
  });

  it('verify: the driver says what is wrong with the resource', async () => {
    const does = { verify: { ok: false, reason: 'It is gone.' } };
    expect((await call('verify', { does })).result).toMatchObject([
      { step: 'verify', ok: false, scope: 'resource', reason: 'It is gone.', hopeless: false },
    ]);
  });
});

describe('after a cleaning', () => {
  const both = ['clean', 'issueCredential', 'checkCredential'];

  it('the same worker issues a credential, on what the cleaning has left, and proves it', async () => {
    const { result, asked, names } = await call('clean');
    expect(names).toEqual(both);
    expect(outcomes(result).map(([step]) => step)).toEqual([
      'clean',
      'issueCredential',
      'proveCredential',
    ]);
    expect(asked.map(([, target]) => (target as { handle: string }).handle)).toEqual([
      'handle',
      'cleaned',
      'cleaned',
    ]);
  });

  const enough = claimLength(poolOf()) - 2 * poolOf().policy.cleaning.deadline;
  it.each<[string, boolean, Given]>([
    ['that another worker has taken over', false, { underWay: async () => 2 }],
    ['that is superseded', false, { underWay: async () => null }],
    ['that cannot be read', false, { underWay: () => Promise.reject(new Error('busy')) }],
    ['with too little time left', false, { now: NOW + enough }],
    ['with just enough time left', true, { now: NOW + enough - 1 }],
    ['that failed', false, { does: { clean: new DriverError('resource', 'no') } }],
    [
      'in a pool that does not rotate',
      false,
      { task: { pool: poolOf({ can: { rotates: false } }) } },
    ],
  ])('%s: a credential is issued: %p', async (_which, issues, given) => {
    expect((await call('clean', given)).names).toEqual(issues ? both : ['clean']);
  });
});

describe('access', () => {
  const allocation = anAllocation('r1', 'v1');
  const wish = { username: 'me', password: 'mine' };
  const wished = aReservation('v1', {
    sealedAccess: seals.seal(aad.wish('v1'), JSON.stringify(wish)),
  });

  it.each([
    ['as wished, with the keys of the holder', wished, wish],
    ['without a wish, with the keys', aReservation('v1'), {}],
  ])('is opened %s, and sealed for its loan', async (_how, reservation, expected) => {
    const { result, asked } = await call('openAccess', { task: { allocation }, reservation });
    expect(asked).toEqual([
      ['openAccess', expect.anything(), { ...expected, authorizedKeys: ['ssh-ed25519 A'] }],
    ]);
    expect(JSON.parse(seals.open(aad.access(allocation.id), sealedIn(result)))).toEqual({
      password: 'opened',
    });
  });

  it.each([
    [
      'what was opened',
      seals.seal(aad.access('r1.1'), '{"password":"opened"}'),
      { password: 'opened' },
    ],
    ['nothing where nothing is known to be open', null, null],
  ])('is closed by a call that names %s', async (_what, sealedAccess, named) => {
    const task = { allocation: anAllocation('r1', 'v1', { sealedAccess }) };
    const { result, asked } = await call('closeAccess', { task });
    expect(asked).toEqual([['closeAccess', expect.anything(), named]]);
    expect(outcomes(result)).toEqual([['closeAccess', true]]);
  });
});
