import fc from 'fast-check';
import type { RequestItem } from '../../../src/domain/loans/reservation';
import { Pools } from '../../../src/service/pools/pools';
import { Reservations } from '../../../src/service/loans/reservations';
import { Resources } from '../../../src/service/lifecycle/resources';
import { somebody, type TestEngine } from '../../helpers/engine';
import {
  onAdminState,
  onDelete,
  onExtend,
  onHandle,
  onHeartbeat,
  onRequest,
  onResize,
} from '../model/answers';
import type { ModelRequest } from '../model/things';
import type { Terms } from '../model/world';
import { FILES, type FileName } from './pools';
import { Step, type Real } from './step';

/** Everything that can happen, with the answer that the model expects. */

const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const ann = somebody('ann', 'admin');

const poolName = fc.constantFrom('free', 'vms', 'boxes', 'spare');
const count = fc.integer({ min: 1, max: 3 });
const named = fc
  .tuple(poolName, fc.integer({ min: 1, max: 4 }))
  .map(([name, number]) => `${name}-${number}`);
const terms: fc.Arbitrary<Terms> = fc.record(
  {
    priority: fc.integer({ min: 0, max: 3 }),
    duration: fc.constantFrom(5_000, 60_000, 60_000, 200_000),
  },
  { requiredKeys: [] },
);
const item: fc.Arbitrary<RequestItem> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ pool: poolName, count }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('account' as const, 'vm' as const), count }),
  },
  { weight: 1, arbitrary: fc.record({ resource: named, count: fc.constant(1) }) },
);

function ask(name: string, items: RequestItem[], wish: Terms & { queueTimeout?: number }): Step {
  return new Step(`${name} ${JSON.stringify(items)} ${JSON.stringify(wish)}`, {
    // A request that does not queue gets what time has freed, whether or not a job has run.
    expires: wish.queueTimeout === 0,
    prepare: ({ world }) => void (world.wish = wish),
    answer: ({ world }, { test }) => onRequest(world, items, wish, test.engine.store.now()),
    work: ({ asked }, { test }) =>
      new Reservations(test.engine)
        .submitForId(ann, { items, ...wish }, NO_CONTEXT)
        .then((id) => void asked.push(id)),
  });
}

const reserve = fc
  .tuple(fc.array(item, { minLength: 1, maxLength: 2 }), terms)
  .map(([items, wish]) => ask('reserve', items, { ...wish, queueTimeout: 0 }));
const wait = fc
  .tuple(item, terms, fc.constantFrom({}, {}, { queueTimeout: 10_000 }))
  .map(([one, wish, queueTimeout]) => ask('wait', [one], { ...wish, ...queueTimeout }));
const bundle = fc
  .tuple(fc.array(item, { minLength: 2, maxLength: 3 }), terms)
  .map(([items, wish]) => ask('bundle', items, wish));

/**
 * Many urgent requests, more at a time than there is room for, each for a moment: those they
 * overtake must get their turn.
 */
const rush = poolName.map((name) => {
  const items = [{ pool: name, count: 1 }];
  const wish = { priority: 100, duration: 5_000 };
  return new Step(`rush ${name}`, {
    prepare: ({ world }) => void (world.wish = wish),
    answer: ({ world }, { test }) => onRequest(world, items, wish, test.engine.store.now()),
    work: async ({ asked }, { test }) => {
      for (let made = 0; made < 14; made += 1)
        asked.push(
          await new Reservations(test.engine).submitForId(ann, { items, ...wish }, NO_CONTEXT),
        );
      for (let turn = 0; turn < 3; turn += 1) await test.after(5_000);
    },
  });
});

/** An action on a reservation, chosen by index from the newest. */
const onOne = (
  name: string,
  work: (reservations: Reservations, id: string) => Promise<unknown>,
  answer: (request: ModelRequest, now: number) => string,
  ends = false,
) =>
  fc.nat({ max: 6 }).map((back) => {
    const target = ({ asked }: { asked: string[] }) => asked.at(-1 - back);
    return new Step(`${name} ${back}`, {
      check: (model) => target(model) !== undefined,
      prepare: (model) => void (model.world.ending = ends ? target(model)! : null),
      answer: (model, { test }) =>
        answer(model.world.requests.get(target(model)!)!, test.engine.store.now()),
      work: (model, { test }) => work(new Reservations(test.engine), target(model)!),
    });
  });
const release = onOne(
  'release',
  (reservations, id) => reservations.release(ann, id),
  () => 'none',
  true,
);
const extend = fc.constantFrom(3_000, 50_000, 60_000, 91_000).chain((ms) =>
  onOne(
    `extend by ${ms}`,
    (reservations, id) => reservations.extend(ann, id, ms),
    (request, now) => onExtend(request, ms, now),
  ),
);
const heartbeat = onOne(
  'heartbeat',
  (reservations, id) => reservations.heartbeat(ann, id, NO_CONTEXT),
  onHeartbeat,
);

/** An action that is always possible. */
const always = (name: string, work: (real: Real) => Promise<unknown>, settles = false) =>
  new Step(name, { answer: () => 'none', work: (_model, real) => work(real), settles });
const settle = fc.constant(always('settle', ({ test }) => test.settle(), true));
const expire = fc.constantFrom(500, 4_999, 5_000, 60_000, 700_000).map((ms) =>
  always(`expire after ${ms}`, async ({ test }) => {
    test.clock.advance(ms);
    await test.expire();
  }),
);
/** To the end of a lease or a queue timeout, or just before: every step takes a millisecond. */
const toTheEnd = fc.tuple(fc.nat({ max: 4 }), fc.integer({ min: 1, max: 3 })).map(
  ([back, before]) =>
    new Step(`to ${before} ms before the end of ${back}`, {
      check: ({ asked, world }) =>
        (world.requests.get(asked.at(-1 - back) ?? '')?.deadlineAt ?? null) !== null,
      answer: () => 'none',
      work: async ({ asked, world }, { test }) =>
        test.clock.advance(
          Math.max(
            0,
            world.requests.get(asked.at(-1 - back)!)!.deadlineAt! - before - test.clock.at,
          ),
        ),
    }),
);
const pass = fc
  .constantFrom(500, 5_000)
  .map((ms) => always(`time ${ms}`, async ({ test }) => test.clock.advance(ms)));
const fail = fc
  .tuple(
    poolName,
    fc.constantFrom(
      'clean',
      'verify',
      'issueCredential',
      'retireCredential',
      'checkCredential',
      'openAccess',
      'closeAccess',
      'provision',
      'destroy',
    ),
    fc.integer({ min: 1, max: 3 }),
    fc.boolean(),
    fc.boolean(),
  )
  .map(([name, call, times, backend, answerLost]) =>
    always(
      `fail ${name} ${call} ${times}${backend ? ' backend' : ''}${answerLost ? ' after' : ''}`,
      ({ test }) =>
        test.cloud.failNext(name, call, times, {
          scope: backend ? 'backend' : 'resource',
          answerLost,
        }),
    ),
  );
/** More failures than anything survives, and time for them. */
const quarantine = poolName.map((name) =>
  always(`quarantine ${name}`, async ({ test }) => {
    await test.cloud.failNext(name, 'clean', 4);
    for (let turn = 0; turn < 3; turn += 1) await test.after(5_000);
  }),
);
/** A worker claims, may call, and is never heard of again. */
const loseWorker = fc.boolean().map((calls) =>
  always(`lose a worker ${calls ? 'after' : 'before'} its calls`, async ({ test }) => {
    const tasks = await test.claimDue('lost', 3);
    if (calls) for (const task of tasks) await test.call(task);
  }),
);
/**
 * Not in every sequence, because opening a store takes as long as many other steps. Everything must
 * be verified or cleaned then.
 */
const restart = fc.nat({ max: 3 }).map(
  (chance) =>
    new Step('restart', {
      check: () => chance === 0,
      answer: () => 'none',
      work: async (_model, real) => {
        real.test = await real.test.restart();
      },
      after: ({ world }) =>
        expect(
          [...world.resources.values()].filter(
            ({ status }) => status === 'available' || status === 'spare',
          ),
        ).toEqual([]),
    }),
);

/** History is pruned: of the requests, only those that have ended. */
const forget = fc.integer({ min: 1, max: 5 }).map(
  (limit) =>
    new Step(`forget ${limit}`, {
      answer: () => 'none',
      work: async (model, { test: { engine } }) => {
        const { store } = engine;
        await store.prune(
          {
            events: 0,
            reservations: store.now(),
            tokens: 0,
            sessions: 0,
            idempotency: 0,
            operations: 0,
            unserved: store.now(),
            returns: 0,
            tallies: { hour: 0, day: 0 },
            mostEnded: 2,
            mostEvents: 1_000_000,
          },
          limit,
        );
        const left = await Promise.all(model.asked.map((id) => store.read.reservation(id)));
        const gone = model.asked.filter((_id, index) => left[index] === null);
        expect(gone.filter((id) => model.world.requests.get(id)!.status !== 'ended')).toEqual([]);
        gone.forEach((id) => model.world.requests.delete(id));
        for (const { id, status } of model.world.resources.values()) {
          if (status === 'destroyed' && (await store.read.resource(id)) === null)
            model.world.resources.delete(id);
        }
        model.asked = left.flatMap((entry) => entry?.id ?? []);
      },
    }),
);

const changed = (
  name: string,
  work: (test: TestEngine) => Promise<unknown>,
  answer: Step['plan']['answer'],
) => new Step(name, { answer, work: (_model, { test }) => work(test) });
const resize = fc.tuple(poolName, fc.nat({ max: 4 })).map(([name, size]) =>
  changed(
    `resize ${name} ${size}`,
    (test) => new Pools(test.engine).change(name, { size }, null),
    ({ world }) => onResize(world, name),
  ),
);
const administer = fc
  .tuple(
    named,
    fc.constantFrom(
      'maintenance' as const,
      'draining' as const,
      'in_service' as const,
      'in_service' as const,
    ),
  )
  .map(([name, to]) =>
    changed(
      `${to} ${name}`,
      (test) => new Resources(test.engine).setAdminState(name, to),
      ({ world }) => onAdminState(world, name, to),
    ),
  );
const handle = fc
  .tuple(named, fc.constantFrom('clean' as const, 'unquarantine' as const))
  .map(([name, what]) =>
    changed(
      `${what} ${name}`,
      (test) => new Resources(test.engine)[what](name, NO_CONTEXT),
      ({ world }) => onHandle(world, name, what),
    ),
  );
const remove = named.map((name) =>
  changed(
    `delete ${name}`,
    (test) => new Resources(test.engine).delete(name),
    ({ world }) => onDelete(world, name),
  ),
);
const poolsFile = fc.constantFrom(...(Object.keys(FILES) as FileName[])).map(
  (file) =>
    new Step(`pools file ${file}`, {
      prepare: ({ file: known }) => known.load(file),
      answer: () => 'none',
      work: (_model, { test }) => test.load(FILES[file]),
      after: ({ file: known }) => expect(known.unmet()).toEqual([]),
    }),
);

export const commands = (maximum: number) =>
  fc.commands(
    [
      reserve,
      wait,
      wait,
      wait,
      bundle,
      bundle,
      rush,
      extend,
      heartbeat,
      release,
      release,
      expire,
      toTheEnd,
      toTheEnd,
      pass,
      settle,
      settle,
      settle,
      settle,
      fail,
      quarantine,
      resize,
      administer,
      administer,
      handle,
      remove,
      poolsFile,
      loseWorker,
      restart,
      forget,
    ],
    { maxCommands: maximum, size: 'max' },
  );
