import { Reservations } from '../../src/service/loans/reservations';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

/**
 * Leases end on time, for everyone and everything, whether or not a job has run. Boundaries to the
 * millisecond.
 */

const ann = somebody('ann');
const NO_CONTEXT = { requestId: null, idempotencyKey: null };
const LENGTH = 60_000;

async function start(lease = 'default: 60s, maximum: 120s') {
  const test = await TestEngine.start({
    pools: `pools: [{ name: free, kind: account, driver: simulated, size: 1, lease: { ${lease} } }]`,
  });
  return { test, reservations: new Reservations(test.engine) };
}

describe.each([
  ['just before its end', -1, true],
  ['at its end', 0, false],
  ['just after its end', 1, false],
])('a lease %s, although no job has run', (_name, offset, lives) => {
  async function at() {
    const { test, reservations } = await start();
    const loan = await test.reserve(ann, { pool: 'free' });
    test.clock.advance(LENGTH + offset);
    return { test, reservations, loan };
  }

  it(lives ? 'shows its credentials' : 'shows as ended, and gives nothing', async () => {
    const { test, loan } = await at();
    const view = await test.view(ann, loan.id);
    expect([view.status, view.endReason, view.resources[0]!.credentials === null]).toEqual(
      lives ? ['active', null, false] : ['ended', 'expired', true],
    );
    expect(view.endedAt).toBe(lives ? null : loan.endsAt);
  });

  it(lives ? 'can be extended' : 'cannot be revived by extending', async () => {
    const { test, reservations, loan } = await at();
    expect(await codeOf(reservations.extend(ann, loan.id, 1_000))).toBe(
      lives ? 'none' : 'lease_over',
    );
    expect((await test.view(ann, loan.id)).endsAt).toBe(loan.endsAt! + (lives ? 1_000 : 0));
  });

  it(lives ? 'takes a heartbeat' : 'cannot be revived by a heartbeat', async () => {
    const { reservations, loan } = await at();
    expect(await codeOf(reservations.heartbeat(ann, loan.id, NO_CONTEXT))).toBe(
      lives ? 'none' : 'lease_over',
    );
  });

  it(lives ? 'given back, was released' : 'given back, has expired', async () => {
    const { test, loan } = await at();
    await test.release(ann, loan.id);
    expect((await test.engine.store.read.reservation(loan.id))!.endReason).toBe(
      lives ? 'released' : 'expired',
    );
  });

  it(lives ? 'is left alone by the job' : 'is ended by the job, and cleaning begins', async () => {
    const { test, loan } = await at();
    await test.settle();
    expect((await test.engine.store.read.reservation(loan.id))!.status).toBe(
      lives ? 'active' : 'ended',
    );
    expect((await test.resource('free-1')).status).toBe(lives ? 'allocated' : 'available');
  });
});

describe('extending', () => {
  it.each([
    [60_000, 'none'],
    [60_001, 'over_maximum'],
  ])('by %i ms with 60 s left to the maximum: %s', async (extension, code) => {
    const { test, reservations } = await start();
    const loan = await test.reserve(ann, { pool: 'free' });
    expect(await codeOf(reservations.extend(ann, loan.id, extension))).toBe(code);
  });

  it('counts the maximum from the start of the lease, not of the request', async () => {
    const { test, reservations } = await start();
    const first = await test.reserve(ann, { pool: 'free' });
    const second = await test.reserve(ann, { pool: 'free' });
    await test.after(50_000);
    await test.release(ann, first.id);
    await test.settle();
    expect(await codeOf(reservations.extend(ann, second.id, 60_000))).toBe('none');
    expect((await test.view(ann, second.id)).endsAt).toBe(test.clock.at + 120_000);
  });

  it('moves the deadline that the job uses', async () => {
    const { test, reservations } = await start();
    const loan = await test.reserve(ann, { pool: 'free' });
    await reservations.extend(ann, loan.id, 30_000);
    await test.after(60_000);
    expect((await test.view(ann, loan.id)).status).toBe('active');
    await test.after(30_000);
    expect((await test.view(ann, loan.id)).status).toBe('ended');
  });

  it('needs a lease: a queued request has none, and other users find nothing to extend', async () => {
    const { test, reservations } = await start();
    const loan = await test.reserve(ann, { pool: 'free' });
    const waiting = await test.reserve(ann, { pool: 'free' });
    expect(await codeOf(reservations.extend(ann, waiting.id, 1))).toBe('conflict');
    expect(await codeOf(reservations.extend(somebody('bob'), loan.id, 1))).toBe('not_found');
  });
});

describe('heartbeats', () => {
  const BEATING = 'default: 60s, heartbeat: 10s, grace: 5s';

  it.each([
    [14_999, 'active'],
    [15_000, 'ended'],
  ])(
    '%i ms of silence, with a heartbeat of 10 s and a grace of 5 s: %s',
    async (silence, status) => {
      const { test } = await start(BEATING);
      const loan = await test.reserve(ann, { pool: 'free' });
      test.clock.advance(silence);
      expect((await test.view(ann, loan.id)).status).toBe(status);
      await test.settle();
      expect((await test.view(ann, loan.id)).status).toBe(status);
    },
  );

  it('keep a lease alive, but not beyond its end', async () => {
    const { test, reservations } = await start(BEATING);
    const loan = await test.reserve(ann, { pool: 'free' });
    for (let beat = 0; beat < 5; beat += 1) {
      await test.after(11_000);
      expect(await codeOf(reservations.heartbeat(ann, loan.id, NO_CONTEXT))).toBe('none');
    }
    await test.after(5_000);
    expect(await test.view(ann, loan.id)).toMatchObject({
      status: 'ended',
      endReason: 'expired',
      endDetail: null,
    });
  });

  it('that do not come are given as the reason for the end, before a job has run and after', async () => {
    const { test } = await start(BEATING);
    const loan = await test.reserve(ann, { pool: 'free' });
    test.clock.advance(15_000);
    const told = { status: 'ended', endReason: 'expired', endDetail: 'No heartbeat came in time.' };
    expect(await test.view(ann, loan.id)).toMatchObject(told);
    await test.settle();
    expect(await test.view(ann, loan.id)).toMatchObject(told);
  });

  it('that were not asked for change nothing', async () => {
    const { test, reservations } = await start();
    const loan = await test.reserve(ann, { pool: 'free' });
    await reservations.heartbeat(ann, loan.id, NO_CONTEXT);
    expect(await test.view(ann, loan.id)).toMatchObject({ endsAt: loan.endsAt, heartbeatBy: null });
  });
});

describe('a lease without an end', () => {
  it('is only for pools that allow it', async () => {
    const { test } = await start();
    expect(await codeOf(test.reserve(ann, { pool: 'free', duration: null }))).toBe('invalid');
    const { test: open } = await start('default: never, openEnded: true');
    const loan = await open.reserve(ann, { pool: 'free' });
    expect([loan.status, loan.endsAt]).toEqual(['active', null]);
    await open.after(365 * 24 * 3_600_000);
    expect((await open.view(ann, loan.id)).status).toBe('active');
    expect(await codeOf(new Reservations(open.engine).extend(ann, loan.id, 1))).toBe('conflict');
  });

  it('still ends when its holder falls silent', async () => {
    const { test } = await start('default: never, openEnded: true, heartbeat: 10s');
    const loan = await test.reserve(ann, { pool: 'free' });
    await test.after(10_000);
    expect((await test.view(ann, loan.id)).endReason).toBe('expired');
  });
});

describe('asking', () => {
  it.each([
    [120_000, 'none'],
    [120_001, 'over_maximum'],
  ])('for %i ms with a maximum of 120 s: %s', async (duration, code) => {
    const { test } = await start();
    expect(await codeOf(test.reserve(ann, { pool: 'free', duration }))).toBe(code);
  });

  it('for a higher priority than the credential allows is refused', async () => {
    const { test } = await start();
    const humble = { ...ann, maxPriority: 5 };
    expect(await codeOf(test.reserve(humble, { pool: 'free', priority: 5 }))).toBe('none');
    expect(await codeOf(test.reserve(humble, { pool: 'free', priority: 6 }))).toBe('invalid');
  });
});
