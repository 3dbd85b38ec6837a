import { Reservations } from '../../src/service/loans/reservations';
import { NO_CAPS } from '../../src/domain/queue/caps';
import type { Engine } from '../../src/service/engine';
import { codeOf, somebody, TestEngine } from '../helpers/engine';

/** Requests that name a resource wait like any other. */

const ann = somebody('ann');
const SIZE = 30;
const free = 'settings: { rotates: false, leavesNothing: true }';
const POOLS = `
pools:
  - { name: vms, kind: vm, driver: simulated, size: ${SIZE}, ${free} }
`;

function asking(engine: Engine) {
  const now = new Reservations(engine);
  const context = { requestId: null, idempotencyKey: null };
  return {
    now,
    anyOf: (count: number) => now.submitForId(ann, { items: [{ pool: 'vms', count }] }, context),
    named: (resource: string) => now.submitForId(ann, { items: [{ resource, count: 1 }] }, context),
  };
}

it('are all served when everything that they name comes free at once', async () => {
  const test = await TestEngine.start({ pools: POOLS });
  const { now, anyOf, named } = asking(test.engine);
  const all = await anyOf(SIZE);
  const waiting: string[] = [];
  for (let number = 1; number <= SIZE; number += 1) {
    test.clock.advance(1);
    waiting.push(await named(`vms-${number}`));
  }
  await now.release(ann, all);
  await test.reconcile();
  const statuses = await Promise.all(waiting.map(async (id) => (await test.view(ann, id)).status));
  expect(new Set(statuses)).toEqual(new Set(['active']));
});

it('count for the longest that a queue may become', async () => {
  const test = await TestEngine.start({ pools: POOLS });
  const { anyOf, named } = asking({ ...test.engine, caps: { ...NO_CAPS, queue: 2 } });
  await anyOf(SIZE);
  await named('vms-1');
  await named('vms-1');
  expect(await codeOf(named('vms-2'))).toBe('queue_full');
  expect(await codeOf(anyOf(1))).toBe('queue_full');
});
