import { Resources } from '../../src/service/lifecycle/resources';
import { somebody, temporaryDirectory, TestEngine } from '../helpers/engine';
import { ServerProcess } from '../helpers/process';
import { Rows, unsound } from './helpers/database';
import { say, size, soak } from './helpers/soak';

const FAILING = size('FAILING', 300);
/** Past every back-off and breaker, but before the slow retry of quarantined resources. */
const LATER = 11 * 60_000;

const pool = (name: string, rest: string) =>
  `  - { name: ${name}, kind: account, driver: simulated, ${rest} }`;
const pools = (...lines: string[]) => `pools:\n${lines.join('\n')}\n`;

soak('a driver that fails', () => {
  it('quarantines its own resources and delays no others', async () => {
    const test = await TestEngine.start({
      pools: pools(pool('bad', 'size: 10'), pool('good', 'size: 3')),
    });
    await test.cloud.failNext('bad', 'clean', 1_000_000);
    const lent = await Promise.all(
      Array.from({ length: 10 }, () => test.reserve(somebody(), { pool: 'bad' })),
    );
    await Promise.all(lent.map(({ id }) => test.release(somebody(), id)));
    for (let round = 0; round < 8; round += 1) {
      const good = await test.reserve(somebody(), { pool: 'good' });
      expect(good.status).toBe('active');
      await test.release(somebody(), good.id);
      await test.after(LATER);
      expect(Object.values(await test.statuses('good'))).toEqual([
        'available',
        'available',
        'available',
      ]);
    }
    expect(new Set(Object.values(await test.statuses('bad')))).toEqual(new Set(['quarantined']));
    await test.cloud.failNext('bad', 'clean', 0);
    await test.after(4 * LATER);
    await test.after(4 * LATER);
    expect(new Set(Object.values(await test.statuses('bad')))).toEqual(new Set(['available']));
  });

  it(`delays others by at most two passes, with ${FAILING} of its resources failing in each`, async () => {
    const test = await TestEngine.start({
      pools: pools(
        pool('bad', `size: ${FAILING}, concurrency: 1000, cleaning: { retries: 3 }`),
        pool('good', 'size: 3'),
        pool('other', 'size: 2'),
      ),
    });
    const runner = test.runner();
    const pass = async () => {
      await runner.pass();
      await runner.idle();
    };
    const left = async (name: string) =>
      Object.values(await test.statuses(name)).filter((status) => status !== 'available').length;
    await test.cloud.failNext('bad', 'clean', 1_000_000);
    const lent = await Promise.all(
      Array.from({ length: FAILING }, () => test.reserve(somebody(), { pool: 'bad' })),
    );
    await Promise.all(lent.map(({ id }) => test.release(somebody(), id)));
    let longest = 0;
    for (let round = 0; round < 6; round += 1) {
      const loans = await Promise.all(
        ['good', 'good', 'good', 'other'].map((name) => test.reserve(somebody(), { pool: name })),
      );
      await Promise.all(loans.map(({ id }) => test.release(somebody(), id)));
      test.clock.advance(LATER);
      let passes = 0;
      for (; (await left('good')) + (await left('other')) > 0; passes += 1) await pass();
      longest = Math.max(longest, passes);
      for (let rest = 0; rest < 10; rest += 1) await pass();
    }
    say(
      `failing driver: beside ${FAILING} failing resources others are clean after ${longest} pass(es)`,
    );
    expect(longest).toBeLessThanOrEqual(2);
    expect(new Set(Object.values(await test.statuses('bad')))).toEqual(new Set(['quarantined']));
  });

  it.each([
    ['is down', async (test: TestEngine, down: boolean) => test.cloud.setBackendDown('p', down)],
    [
      'hangs',
      async (test: TestEngine, hangs: boolean) => test.cloud.setLatency('p', hangs ? 60_000 : null),
    ],
  ])('quarantines nothing if the back end %s', async (_what, trouble) => {
    const test = await TestEngine.start({
      pools: pools(pool('p', 'size: 4, cleaning: { deadline: 1s, retries: 2 }')),
    });
    const lent = await Promise.all(
      Array.from({ length: 4 }, () => test.reserve(somebody(), { pool: 'p' })),
    );
    await trouble(test, true);
    await Promise.all(lent.map(({ id }) => test.release(somebody(), id)));
    for (let round = 0; round < 6; round += 1) await test.after(LATER);
    expect(Object.values(await test.statuses('p'))).not.toContain('quarantined');
    const rows = new Rows(test.dataDir);
    expect(rows.count('select failures from breakers')).toBeGreaterThan(2);
    await trouble(test, false);
    for (let pass = 0; pass < 3; pass += 1) await test.after(LATER);
    expect(new Set(Object.values(await test.statuses('p')))).toEqual(new Set(['available']));
    expect(unsound(rows)).toEqual([]);
    rows.close();
  });

  it('that could not even make a resource makes it when an admin asks for cleaning', async () => {
    const test = await TestEngine.start();
    await test.cloud.failNext('p', 'provision', 1_000_000);
    await test.load(pools(pool('p', 'size: 1, cleaning: { retries: 1 }')));
    for (let round = 0; round < 3; round += 1) await test.after(LATER);
    expect(await test.statuses('p')).toEqual({ 'p-1': 'quarantined' });
    await test.cloud.failNext('p', 'provision', 0);
    await new Resources(test.engine).clean('p-1', { requestId: null, idempotencyKey: null });
    await test.settle();
    expect(await test.statuses('p')).toEqual({ 'p-1': 'available' });
  });
});

soak('a back end that hangs, in a real server', () => {
  const HUNG = size('HUNG', 1_200);

  it(`delays no others with ${HUNG} calls hanging`, async () => {
    const slow = (name: string) =>
      pool(
        name,
        `size: ${HUNG / 2}, concurrency: 1000, settings: { latencyMs: 100000 }, cleaning: { deadline: 90s }`,
      );
    const server = await ServerProcess.start({
      dataDir: temporaryDirectory(),
      pools: pools(slow('slow-a'), slow('slow-b'), pool('good', 'size: 2')),
    });
    const token = await server.setUp();
    const counts = async () =>
      (await server.http.get('/v1/pools/good', { token })).body.counts as Record<string, number>;
    const start = performance.now();
    await server.until('the good pool is ready', async () => (await counts()).available === 2);
    const ready = performance.now() - start;
    let slowest = 0;
    for (let round = 0; round < 5; round += 1) {
      const { body } = await server.http.post('/v1/reservations', {
        token,
        body: { items: [{ pool: 'good' }] },
      });
      expect(body.status).toBe('active');
      await server.http.delete(`/v1/reservations/${body.id}`, { token });
      const released = performance.now();
      await server.until('it is clean again', async () => (await counts()).available === 2);
      slowest = Math.max(slowest, performance.now() - released);
    }
    say(
      `failing driver: beside ${HUNG} hung calls ready in ${Math.round(ready)} ms, clean ` +
        `again in ${Math.round(slowest)} ms`,
    );
    expect(ready).toBeLessThan(10_000);
    expect(slowest).toBeLessThan(2_000);
    await server.kill();
  });
});
