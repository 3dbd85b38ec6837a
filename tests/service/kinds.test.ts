import { KINDS, type Kind } from '../../src/domain/pools/pool';
import { somebody, TestEngine } from '../helpers/engine';

/** Every kind of resource goes the same way from the driver to its holder and back. */

const ann = somebody('ann');
const MACHINES: readonly Kind[] = ['vm', 'container', 'host'];

it.each(KINDS)('a resource of kind %s is lent with its details, and comes back', async (kind) => {
  const pools = `pools: [{ name: lab, kind: ${kind}, driver: simulated, size: 1 }]`;
  const test = await TestEngine.start({ pools });
  const { id, resources } = await test.reserve(ann, { pool: 'lab' });
  expect(resources[0]!.resource.kind).toBe(kind);
  expect('host' in resources[0]!.details).toBe(MACHINES.includes(kind));
  await test.release(ann, id);
  await test.settle();
  expect(await test.statuses('lab')).toEqual({ 'lab-1': 'available' });
});
