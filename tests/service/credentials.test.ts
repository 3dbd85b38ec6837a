import type { ClaimedOperation } from '../../src/domain/lifecycle/claims';
import type { ReservationView } from '../../src/service/loans/views';
import { findLentToken } from '../../src/legacy/tokens/lent-tokens';
import { recoverAll } from '../../src/service/installation/recovery';
import { Resources } from '../../src/service/lifecycle/resources';
import { somebody, TestEngine } from '../helpers/engine';
import { Gate } from './support/gated-driver';

/**
 * Point 3: an account goes to the next holder only with a new credential, after the old one was
 * shown to be dead.
 */

const ann = somebody('ann');
const bob = somebody('bob');
const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const POOL =
  'pools: [{ name: free, kind: account, driver: simulated, simulate: true, size: 1, cleaning: { retries: ' +
  '2, backoff: 10s }, rotation: { interval: never }, verification: { interval: never } }]';

const credentialOf = (view: ReservationView) => view.resources[0]!.credentials!;

/** An account that Ann has had; her credential; and Bob, who is queued for it. */
async function afterALoan(pools = POOL) {
  const test = await TestEngine.start({ pools });
  const loan = await test.reserve(ann, { pool: 'free' });
  const old = credentialOf(loan);
  const { resource } = loan.resources[0]!;
  const isLent = async () => (await test.resource('free-1')).status === 'allocated';
  return { test, loan, old, resource, isLent };
}

/** Runs a claimed operation and everything that follows, as a worker does. */
async function work(test: TestEngine, first: ClaimedOperation): Promise<void> {
  for (let task: ClaimedOperation | null = first; task;)
    task = await test.report(task, await test.call(task));
}

const waitFor = async (test: TestEngine) => (await test.reserve(bob, { pool: 'free' })).id;

describe('the credential of an account', () => {
  it('lets its holder in, and nobody with another password', async () => {
    const { test, old, resource } = await afterALoan();
    expect(test.letsIn(resource, old)).toBe(true);
    expect(test.letsIn(resource, { ...old, password: 'guessed' })).toBe(false);
  });

  it('is new for the next holder, and the old one is refused', async () => {
    const { test, loan, old, resource } = await afterALoan();
    const next = await waitFor(test);
    await test.release(ann, loan.id);
    expect((await test.view(bob, next)).status).toBe('queued');
    await test.settle();
    const view = await test.view(bob, next);
    expect(view.status).toBe('active');
    expect(credentialOf(view).password).not.toBe(old.password);
    expect(test.letsIn(resource, credentialOf(view))).toBe(true);
    expect(test.letsIn(resource, old)).toBe(false);
  });

  it('is shown only to the holder, and only while the lease lasts', async () => {
    const { test, loan } = await afterALoan();
    expect(
      (await test.view(somebody('root', 'admin'), loan.id)).resources[0]!.credentials,
    ).toBeNull();
    await test.release(ann, loan.id);
    expect((await test.view(ann, loan.id)).resources[0]!.credentials).toBeNull();
  });
});

describe('while an account comes back, it is not lent', () => {
  it('at any step on the way', async () => {
    const { test, loan, isLent } = await afterALoan();
    const next = await waitFor(test);
    await test.release(ann, loan.id);
    const steps: string[] = [];
    let [task] = await test.claimDue();
    for (let at = task ?? null; at;) {
      steps.push(`${at.operation.kind}/${at.operation.step}`);
      expect(await isLent()).toBe(false);
      at = await test.report(at, await test.call(at));
      task = at ?? undefined;
    }
    expect(steps).toEqual(['clean/call', 'retireCredential/call']);
    expect((await test.view(bob, next)).status).toBe('active');
  });

  it.each(['clean', 'issueCredential', 'checkCredential', 'retireCredential'] as const)(
    'after %s failed, until it succeeds',
    async (call) => {
      const { test, loan, old, resource, isLent } = await afterALoan();
      const next = await waitFor(test);
      await test.cloud.failNext('free', call, 2);
      await test.release(ann, loan.id);
      await test.settle();
      expect(await isLent()).toBe(false);
      await test.after(9_000 * 0.8);
      expect(await isLent()).toBe(false);
      await test.after(600_000);
      await test.after(600_000);
      const view = await test.view(bob, next);
      expect(view.status).toBe('active');
      expect(test.letsIn(resource, old)).toBe(false);
      expect(test.letsIn(resource, credentialOf(view))).toBe(true);
    },
  );

  it('when the old credential still works although the driver says that it was retired', async () => {
    const gate = new Gate();
    const test = await TestEngine.start({
      pools: POOL.replace('driver: simulated', 'driver: gated'),
      factories: [gate.factory],
    });
    const loan = await test.reserve(ann, { pool: 'free' });
    const { resource } = loan.resources[0]!;
    const old = credentialOf(loan);
    const next = await waitFor(test);
    await test.release(ann, loan.id);
    const held = gate.hold('retireCredential', 'after');
    const settled = test.settle();
    await held.reached;
    await test.cloud.addPassword(resource.handle!, old.username!, old.password!);
    held.release();
    await settled;
    expect((await test.view(bob, next)).status).toBe('queued');
    expect((await test.resource('free-1')).reason).toBe('The old credential still works.');
    await test.after(60_000);
    expect((await test.view(bob, next)).status).toBe('active');
    expect(test.letsIn(resource, old)).toBe(false);
  });
});

describe('a rotation that was cut off', () => {
  /** Every point at which a worker can die: before the call, after it, and after the report. */
  const points = Array.from({ length: 2 }, (_, step) =>
    (['claimed', 'called', 'reported'] as const).map((phase) => [step, phase] as const),
  ).flat();

  it.each(points)(
    'at step %i, %s, is finished by the next process without losing anything',
    async (step, phase) => {
      const { test, loan, old, resource } = await afterALoan();
      await test.release(ann, loan.id);
      let [task] = await test.claimDue();
      for (let done = 0; done < step; done += 1)
        task = (await test.report(task!, await test.call(task!)))!;
      if (phase !== 'claimed') {
        const report = await test.call(task!);
        if (phase === 'reported') await test.report(task!, report);
      }
      const next = await test.restart();
      await next.settle();
      const view = await next.reserve(bob, { pool: 'free' });
      expect(view.status).toBe('active');
      expect(next.letsIn(resource, credentialOf(view))).toBe(true);
      expect(next.letsIn(resource, old)).toBe(false);
      expect(next.cloud.loginsOf(resource.handle!)).toHaveLength(1);
    },
  );

  const calls = [0, 1, 2, 3].flatMap((checks) =>
    (checks === 0
      ? (['clean', 'issueCredential', 'retireCredential'] as const)
      : (['checkCredential'] as const)
    ).map((call) => ({ call, checks })),
  );

  it.each(
    calls.flatMap((point) => (['before', 'after'] as const).map((when) => ({ ...point, when }))),
  )(
    '$when $call ($checks), is finished by the next process under the same id',
    async ({ call, checks, when }) => {
      const gate = new Gate();
      const test = await TestEngine.start({
        pools: POOL.replace('driver: simulated', 'driver: gated'),
        factories: [gate.factory],
      });
      const loan = await test.reserve(ann, { pool: 'free' });
      const { resource } = loan.resources[0]!;
      await test.release(ann, loan.id);
      // The checks before the one at which the worker dies succeed.
      const passed = Array.from({ length: Math.max(0, checks - 1) }, () => gate.hold(call));
      const held = gate.hold(call, when);
      const [task] = await test.claimDue();
      const late = work(test, task!);
      for (const each of passed) {
        await each.reached;
        each.release();
      }
      await held.reached;
      const next = await test.another();
      await recoverAll(next.engine);
      await next.settle();
      const view = await next.reserve(bob, { pool: 'free' });
      expect(view.status).toBe('active');
      expect(next.letsIn(resource, credentialOf(view))).toBe(true);
      expect(next.letsIn(resource, credentialOf(loan))).toBe(false);
      expect(next.cloud.loginsOf(resource.handle!)).toHaveLength(1);
      expect(new Set(gate.calls.slice(-3).map(({ call: { operationId } }) => operationId))).toEqual(
        new Set([task!.operation.id]),
      );
      held.release();
      await late;
      expect(next.letsIn(resource, credentialOf(view))).toBe(true);
      expect(next.cloud.loginsOf(resource.handle!)).toHaveLength(1);
    },
  );

  it('and started again by an admin leaves one working credential, whatever was issued before', async () => {
    const { test, loan, old, resource } = await afterALoan();
    await test.release(ann, loan.id);
    await test.cloud.failNext('free', 'checkCredential', 1, { scope: 'backend' });
    await test.settle();
    expect(test.cloud.loginsOf(resource.handle!)).toHaveLength(2);
    await new Resources(test.engine).clean('free-1', NO_CONTEXT);
    await test.after(60_000);
    const view = await test.reserve(bob, { pool: 'free' });
    expect(view.status).toBe('active');
    expect(test.letsIn(resource, credentialOf(view))).toBe(true);
    expect(test.letsIn(resource, old)).toBe(false);
    expect(test.cloud.loginsOf(resource.handle!)).toHaveLength(1);
  });

  it('of an idle account is finished too, even if its pool does not rotate after leases', async () => {
    const rare = POOL.replace(
      'rotation: { interval: never }',
      'rotation: { interval: 1h, afterLease: false }',
    );
    const test = await TestEngine.start({ pools: rare });
    const old = credentialOf(await test.reserve(ann, { pool: 'free' }));
    const [mine] = await test.engine.store.read.reservations(
      { status: 'active' },
      { after: null, limit: 1 },
    );
    await test.release(ann, mine!.id);
    await test.settle();
    test.clock.advance(3_600_000);
    let [task] = await test.claimDue();
    expect(task!.operation.kind).toBe('issueCredential');
    while (task!.operation.kind !== 'retireCredential')
      task = (await test.report(task!, await test.call(task!)))!;
    await new Resources(test.engine).clean('free-1', NO_CONTEXT);
    await test.settle();
    const { resource, credentials } = (await test.reserve(bob, { pool: 'free' })).resources[0]!;
    expect(test.letsIn(resource, credentials!)).toBe(true);
    expect(test.letsIn(resource, old)).toBe(false);
  });
});

it('a start cleans idle accounts before they are lent', async () => {
  const { test, loan } = await afterALoan();
  await test.release(ann, loan.id);
  await test.settle();
  await recoverAll(test.engine);
  expect(await test.statuses('free')).toEqual({ 'free-1': 'dirty' });
  expect((await test.reserve(bob, { pool: 'free' })).status).toBe('queued');
});

describe('a lent token whose value an admin sets', () => {
  const start = async () => {
    const test = await TestEngine.start({
      pools:
        'pools: [{ name: tokens, kind: token, driver: simulated, simulate: true, sizing: manual, settings: ' +
        '{ rotates: false } }]',
    });
    const resources = new Resources(test.engine);
    for (const value of ['first', 'second']) {
      await resources.add('tokens', undefined, NO_CONTEXT);
      await test.settle();
      const { name, handle } = await test.resource(value === 'first' ? 'tokens-1' : 'tokens-2');
      await test.cloud.addPassword(handle!, '', value);
      await resources.giveCredential(name, { token: value }, NO_CONTEXT);
    }
    await test.settle();
    return { test, resources };
  };

  it('is found by that value, which its holder uses', async () => {
    const { test } = await start();
    const loan = await test.reserve(ann, { items: [{ resource: 'tokens-1', count: 1 }] });
    expect(loan.resources[0]!.credentials).toEqual({ token: 'first' });
    expect((await findLentToken(test.engine, 'tokens', 'first')).resource.name).toBe('tokens-1');
  });

  it('does not get the value of another token', async () => {
    const { test, resources } = await start();
    await expect(
      resources.giveCredential('tokens-2', { token: 'first' }, NO_CONTEXT),
    ).rejects.toMatchObject({ code: 'conflict', field: 'token' });
    expect((await findLentToken(test.engine, 'tokens', 'second')).resource.name).toBe('tokens-2');
  });
});
