import { HeardUntil, Listening } from '../../src/service/installation/listening';
import { Resources } from '../../src/service/lifecycle/resources';
import { Reservations } from '../../src/service/loans/reservations';
import { DomainError } from '../../src/domain/errors';
import type { Store } from '../../src/store/store';
import { whenDone } from '../helpers/cleanups';
import { codeOf, somebody, TestEngine, type TestEngineOptions } from '../helpers/engine';

/**
 * A holder who kept sending signs of life loses nothing by a silence of the service's own: it was
 * down, was suspended, or could not write.
 */

const ann = somebody('ann');
const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const POOLS = `
pools:
  - { name: beating, kind: account, driver: simulated, size: 1,
      lease: { default: 2h, heartbeat: 10s } }
  - { name: tokens, kind: token, driver: simulated, sizing: manual,
      settings: { leavesNothing: true }, lease: { default: 10s, idleExpiry: 60s } }
`;

/** A service that listens to callers. */
class Heard {
  readonly reservations: Reservations;
  readonly resources: Resources;
  private heard = new HeardUntil();
  private listening: Listening | null = null;

  private constructor(
    readonly test: TestEngine,
    readonly logged: string[] = [],
  ) {
    this.reservations = new Reservations(test.engine);
    this.resources = new Resources(test.engine);
  }

  static async start(options: TestEngineOptions = {}): Promise<Heard> {
    const test = await TestEngine.start({ pools: POOLS, ...options });
    const service = new Heard(test);
    await service.resources.add('tokens', undefined, NO_CONTEXT);
    await service.listen();
    await test.settle();
    whenDone(() => service.listening?.stop());
    return service;
  }

  /** As a process that has just started. */
  async listen(alone = true): Promise<void> {
    const say = (_fields: object, message: string) => void this.logged.push(message);
    this.heard = new HeardUntil();
    this.test.engine.heard = this.heard.get;
    this.listening = new Listening(this.test.engine, this.heard, { warn: say, error: say });
    await this.listening.start(alone);
  }

  stop(): Promise<void> {
    return this.listening!.stop();
  }

  /** Resolves when everything up to now was heard, or moved on. */
  async untilHeard(): Promise<void> {
    while (this.heard.get() < this.test.clock.at)
      await new Promise((resolve) => setTimeout(resolve, 10));
  }

  /** Lets seconds pass in which callers can be heard. */
  async pass(seconds: number): Promise<void> {
    for (let second = 0; second < seconds; second += 1) {
      this.test.clock.advance(1_000);
      await this.untilHeard();
    }
  }

  beat(id: string): Promise<string> {
    return codeOf(this.reservations.heartbeat(ann, id, NO_CONTEXT));
  }
}

it('a process that was down for an hour moves heartbeats and idle expiry on, and no end', async () => {
  const service = await Heard.start();
  const { test } = service;
  const loan = await test.reserve(ann, { pool: 'beating' });
  await service.pass(8);
  await service.stop();
  test.clock.advance(3_600_000);
  await service.listen();
  const after = await test.view(ann, loan.id);
  expect(after).toMatchObject({ status: 'active', endsAt: loan.endsAt });
  expect(after.heartbeatBy! - test.clock.at).toBe(2_000);
  expect(await test.statuses('tokens')).toEqual({ 'tokens-1': 'available' });
  test.clock.advance(1_999);
  await service.untilHeard();
  await test.settle();
  expect(await service.beat(loan.id)).toBe('none');
  expect(await codeOf(service.resources.keepAlive(ann, 'tokens-1', NO_CONTEXT))).toBe('none');
  await service.stop();
});

it('a holder who is silent still loses the lease, once the time could be heard in full', async () => {
  const service = await Heard.start();
  const { test } = service;
  const loan = await test.reserve(ann, { pool: 'beating' });
  await service.stop();
  test.clock.advance(60_000);
  await service.listen();
  await service.pass(10);
  expect(await test.view(ann, loan.id)).toMatchObject({ status: 'ended', endReason: 'expired' });
  expect(await service.beat(loan.id)).toBe('lease_over');
  await service.stop();
});

it('what stood still for an hour ends nothing on waking, and takes the heartbeat at once', async () => {
  const service = await Heard.start();
  const { test } = service;
  const loan = await test.reserve(ann, { pool: 'beating' });
  test.clock.advance(3_600_000);
  await Promise.all([test.expire(), service.resources.keepAlive(ann, 'tokens-1', NO_CONTEXT)]);
  await test.settle();
  expect(await test.view(ann, loan.id)).toMatchObject({ status: 'active' });
  expect(await service.beat(loan.id)).toBe('none');
  await service.untilHeard();
  await test.settle();
  const { heartbeatBy, endsAt } = await test.view(ann, loan.id);
  expect([heartbeatBy, endsAt]).toEqual([test.clock.at + 10_000, loan.endsAt]);
  expect(await test.statuses('tokens')).toEqual({ 'tokens-1': 'available' });
  expect(service.logged).toEqual(['nobody could be heard']);
  await service.stop();
});

it('while it stands still, what was promised until an instant ends at that instant', async () => {
  const service = await Heard.start();
  const { test } = service;
  const loan = await test.reserve(ann, { pool: 'beating' });
  test.clock.advance(7_200_000);
  expect(await test.view(ann, loan.id)).toMatchObject({ status: 'ended', endReason: 'expired' });
  expect(await service.beat(loan.id)).toBe('lease_over');
  await test.expire();
  expect((await test.resource('beating-1')).status).not.toBe('allocated');
  await service.stop();
});

it('while the database cannot be written, no silence counts', async () => {
  let isFull = false;
  const full = (store: Store): Store => ({
    ...store,
    now: () => store.now(),
    get read() {
      return store.read;
    },
    transact: (...given) =>
      isFull
        ? Promise.reject(new DomainError('busy', 'The disk is full.'))
        : store.transact(...given),
  });
  const service = await Heard.start({ wrap: full });
  const { test } = service;
  const loan = await test.reserve(ann, { pool: 'beating' });
  isFull = true;
  for (let second = 0; second < 30; second += 1) {
    test.clock.advance(1_000);
    await new Promise((resolve) => setTimeout(resolve, 110));
  }
  expect(service.logged).toEqual(['no heartbeat can be written']);
  expect(await test.view(ann, loan.id)).toMatchObject({ status: 'active' });
  isFull = false;
  await service.untilHeard();
  await test.settle();
  expect(await service.beat(loan.id)).toBe('none');
  await service.stop();
});

it('a process that joins one that listens moves nothing', async () => {
  const service = await Heard.start();
  const { test } = service;
  const loan = await test.reserve(ann, { pool: 'beating' });
  test.clock.advance(900);
  await service.untilHeard();
  const { heartbeatBy } = await test.view(ann, loan.id);
  const before = service.logged.length;
  await service.stop();
  await service.listen(false);
  expect((await test.view(ann, loan.id)).heartbeatBy).toBe(heartbeatBy);
  expect(service.logged).toHaveLength(before);
  await service.stop();
});
