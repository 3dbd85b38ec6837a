import fc from 'fast-check';
import { DomainError } from '../../../src/domain/errors';
import type { RequestItem } from '../../../src/domain/reservation';
import { Pools } from '../../../src/service/pools';
import { Reservations } from '../../../src/service/reservations';
import { Resources } from '../../../src/service/resources';
import type { CredentialSecret } from '../../../src/drivers/driver';
import { somebody, type TestEngine } from '../../helpers/engine';
import type { Invariants } from './invariants';

/** What the outside knows: who asked, and what they were shown. */
export interface Model {
  asked: string[];
}

/** The engine under test, which a restart replaces, and what everybody has been shown so far. */
export interface Real {
  test: TestEngine;
  invariants: Invariants;
  shown: { resourceId: string; reservationId: string; credentials: CredentialSecret }[];
}

export const POOL_NAMES = ['free', 'vms', 'boxes'] as const;
const NO_CONTEXT = { requestId: null, once: null };
const ann = somebody('ann', 'admin');

/** One thing that may happen; a DomainError is an answer, anything else a fault. */
class Step implements fc.AsyncCommand<Model, Real> {
  constructor(
    private readonly name: string,
    private readonly work: (model: Model, real: Real) => Promise<unknown>,
    private readonly settles = false,
  ) {}

  check(): boolean {
    return true;
  }

  async run(model: Model, real: Real): Promise<void> {
    await this.work(model, real).catch((error: unknown) => {
      if (!(error instanceof DomainError)) throw error;
    });
    expect({ after: this.name, broken: real.invariants.broken(real.test.engine.store.now(), this.settles) }).toEqual({ after: this.name, broken: {} });
    await checkHolders(model, real);
    real.test.clock.advance(1);
  }

  toString(): string {
    return this.name;
  }
}

/** Every holder gets in, nobody who held it before does; who is over is shown nothing. */
async function checkHolders({ asked }: Model, { test, shown }: Real): Promise<void> {
  const now = test.engine.store.now();
  for (const id of asked) {
    const view = await test.view(ann, id);
    for (const { resource, credentials } of view.resources) {
      if (!credentials) continue;
      expect(view.endsAt === null || view.endsAt > now).toBe(true);
      expect(test.letsIn(resource, credentials)).toBe(true);
      const others = shown.filter((entry) => entry.resourceId === resource.id && entry.reservationId !== id);
      expect(others.filter((entry) => test.letsIn(resource, entry.credentials))).toEqual([]);
      if (!shown.some((entry) => entry.reservationId === id && entry.resourceId === resource.id)) shown.push({ resourceId: resource.id, reservationId: id, credentials });
    }
  }
}

async function ask(model: Model, { test }: Real, items: RequestItem[], rest: object): Promise<void> {
  model.asked.push(await new Reservations(test.engine).request(ann, { items, ...rest }, NO_CONTEXT));
}

const pool = fc.constantFrom(...POOL_NAMES);
const count = fc.integer({ min: 1, max: 3 });
const rest = fc.record({ priority: fc.integer({ min: 0, max: 3 }), duration: fc.constantFrom(5_000, 60_000) }, { requiredKeys: [] });
const item: fc.Arbitrary<RequestItem> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ pool, count }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constantFrom('account' as const, 'vm' as const), count }) },
  { weight: 1, arbitrary: fc.record({ resource: fc.tuple(pool, count).map(([name, number]) => `${name}-${number}`), count: fc.constant(1) }) },
);

const reserve = fc.tuple(item, rest).map(([one, terms]) => new Step(`reserve ${JSON.stringify({ one, terms })}`, (model, real) => ask(model, real, [one], { ...terms, giveUp: 0 })));
const wait = fc.tuple(item, rest, fc.constantFrom(undefined, 10_000)).map(
  ([one, terms, giveUp]) => new Step(`wait ${JSON.stringify({ one, terms, giveUp })}`, (model, real) => ask(model, real, [one], { ...terms, ...(giveUp && { giveUp }) })),
);
const bundle = fc.tuple(fc.array(item, { minLength: 2, maxLength: 3 }), rest).map(([items, terms]) => new Step(`bundle ${JSON.stringify({ items, terms })}`, (model, real) => ask(model, real, items, terms)));

/** Something done to a reservation; which one, by index from the newest. */
const onOne = (name: string, work: (reservations: Reservations, id: string) => Promise<unknown>) =>
  fc.integer({ min: 0, max: 6 }).map(
    (back) =>
      new Step(`${name} ${back}`, async ({ asked }, { test }) => {
        const id = asked.at(-1 - back);
        if (id) await work(new Reservations(test.engine), id);
      }),
  );
const release = onOne('release', (reservations, id) => reservations.release(ann, id));
const extend = onOne('extend', (reservations, id) => reservations.extend(ann, id, 3_000));
const beat = onOne('heartbeat', (reservations, id) => reservations.heartbeat(ann, id, NO_CONTEXT));

const advance = fc.constantFrom(500, 4_999, 5_000, 60_000, 700_000).map((ms) => new Step(`advance ${ms}`, async (_model, { test }) => test.clock.advance(ms)));
const settle = fc.constant(null).map(() => new Step('settle', (_model, { test }) => test.settle(), true));
const failing = fc
  .tuple(pool, fc.constantFrom('clean', 'verify', 'issueCredential', 'retireCredential', 'checkCredential', 'openAccess', 'closeAccess', 'provision', 'destroy'), fc.integer({ min: 1, max: 3 }), fc.boolean(), fc.boolean())
  .map(
    ([name, call, times, backend, answerLost]) =>
      new Step(`fail ${name} ${call} ${times}${backend ? ' backend' : ''}${answerLost ? ' after' : ''}`, (_model, { test }) =>
        test.cloud.failNext(name, call, times, { scope: backend ? 'backend' : 'resource', answerLost }),
      ),
  );
const resize = fc.tuple(pool, fc.integer({ min: 0, max: 4 })).map(([name, size]) => new Step(`resize ${name} ${size}`, (_model, { test }) => new Pools(test.engine).change(name, { size }, null)));
const named = fc.tuple(pool, fc.integer({ min: 1, max: 5 })).map(([name, number]) => `${name}-${number}`);
const administer = fc
  .tuple(named, fc.constantFrom('maintenance' as const, 'draining' as const, 'in_service' as const, 'in_service' as const))
  .map(([name, to]) => new Step(`${to} ${name}`, (_model, { test }) => new Resources(test.engine).setAdminState(name, to, null)));
const handle = fc
  .tuple(named, fc.constantFrom('clean' as const, 'unquarantine' as const))
  .map(([name, what]) => new Step(`${what} ${name}`, (_model, { test }) => new Resources(test.engine)[what](name, NO_CONTEXT)));
const remove = named.map((name) => new Step(`delete ${name}`, (_model, { test }) => new Resources(test.engine).delete(name)));

/** A worker claims, perhaps calls, and is never heard of again. */
const loseWorker = fc.boolean().map(
  (calls) =>
    new Step(`lose a worker ${calls ? 'after' : 'before'} its calls`, async (_model, { test }) => {
      const tasks = await test.claimDue('lost', 3);
      if (calls) for (const task of tasks) await test.call(task);
    }),
);
const restart = fc.constant(null).map(
  () =>
    new Step('restart', async (_model, real) => {
      real.test = await real.test.restart();
    }),
);
/** History goes: of what was asked for nothing but what has ended. */
const forget = fc.integer({ min: 1, max: 5 }).map(
  (limit) =>
    new Step(`forget ${limit}`, async (model, { test: { engine } }) => {
      const { store } = engine;
      const asked = await Promise.all(model.asked.map((id) => store.read.reservation(id)));
      await store.prune({ events: 0, reservations: store.now(), idempotency: 0, operations: 0 }, limit);
      const left = await Promise.all(model.asked.map((id) => store.read.reservation(id)));
      expect(asked.filter((before, index) => left[index] === null && before!.status !== 'ended')).toEqual([]);
      model.asked = left.flatMap((entry) => entry?.id ?? []);
    }),
);

export const commands = (maximum: number) =>
  fc.commands([reserve, wait, wait, wait, bundle, bundle, extend, beat, release, release, advance, advance, settle, settle, settle, failing, resize, administer, handle, remove, loseWorker, restart, forget], {
    maxCommands: maximum,
    size: 'max',
  });
