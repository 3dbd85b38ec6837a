import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { directoryDriver } from '../../examples/driver';
import type { Target } from '../../src/drivers/driver';
import { callOf, describeDriver, newThing } from '../contracts/driver';
import { temporaryDirectory } from '../helpers/engine';
import { problem, TestServer } from '../helpers/server';
import { driverOf, underTest } from './example-driver.fixture';

/** examples/driver: the driver that docs/write-a-driver.md explains. */

underTest.forEach(describeDriver);

const fault = (scope: string) => expect.objectContaining({ name: 'DriverError', scope }) as unknown;

describe('beside the contract', () => {
  async function made(root = temporaryDirectory()) {
    const driver = driverOf(root);
    const target: Target = newThing('item');
    const call = callOf();
    const { handle } = await driver.provision(target, call);
    return { root, driver, target: { ...target, handle }, first: call };
  }

  test('the tree of the last holder is gone, and the next one gets an empty directory', async () => {
    const { driver, target } = await made();
    mkdirSync(join(target.handle, 'deep/er'), { recursive: true });
    writeFileSync(join(target.handle, 'deep/er/secret'), 'mine');
    const { handle, details } = await driver.clean(target, null, callOf());
    expect(existsSync(target.handle)).toBe(false);
    expect({ details, content: readdirSync(handle) }).toEqual({
      details: { path: handle },
      content: [],
    });
  });

  test('a cleaning that comes after a later one is refused, and leaves the later directory', async () => {
    const { driver, target } = await made();
    const late = callOf();
    const { handle } = await driver.clean(target, null, callOf());
    writeFileSync(join(handle, 'work'), 'of the next holder');
    await expect(driver.clean(target, null, late)).rejects.toEqual(fault('resource'));
    await expect(driver.destroy(target, late)).rejects.toEqual(fault('resource'));
    expect(readdirSync(join(handle, '..'))).toEqual([handle.split('/').at(-1)]);
    expect(readdirSync(handle)).toEqual(['work']);
  });

  test('the tenth attempt is later than the ninth', async () => {
    const { driver, target } = await made();
    const { operationId } = callOf();
    await driver.clean(target, null, callOf(operationId, 9));
    const { handle } = await driver.clean(target, null, callOf(operationId, 10));
    await expect(driver.verify({ ...target, handle }, null, callOf())).resolves.toEqual({
      ok: true,
    });
  });

  test('nothing outside its folder is removed, wherever a handle points', async () => {
    const { root, driver, target } = await made();
    const { resourceId } = target;
    const handle = join(root, 'somebody');
    mkdirSync(handle);
    await driver.remove({ handle, resourceId, operationId: 'x' }, callOf());
    expect(existsSync(handle)).toBe(true);
  });

  test('a missing root is a fault of the back end, and is not made', async () => {
    const root = join(temporaryDirectory(), 'not-mounted');
    const [driver, target] = [driverOf(root), { ...newThing('item'), handle: `${root}/a/b/c/d` }];
    await expect(driver.provision(target, callOf())).rejects.toEqual(fault('backend'));
    await expect(driver.verify(target, null, callOf())).rejects.toEqual(fault('backend'));
    await expect(driver.list('p', callOf())[Symbol.asyncIterator]().next()).rejects.toEqual(
      fault('backend'),
    );
    expect(existsSync(root)).toBe(false);
  });
});

test('a server with this driver lends a directory, and has it back as a new one, shown as R4', async () => {
  const root = temporaryDirectory();
  const scratch = { name: 'scratch', kind: 'item', driver: 'directory', size: 1 };
  const server = await TestServer.start({
    factories: [directoryDriver],
    pools: JSON.stringify({ pools: [{ ...scratch, settings: { root } }] }),
  });
  const ann = await server.user('ann');
  const lend = async () =>
    (await ann.post('/v1/reservations').send({ items: [{ pool: 'scratch' }] })).body;
  const loan = await lend();
  const { path } = loan.resources[0].details;
  writeFileSync(join(path, 'notes'), 'of Ann');
  expect((await ann.delete(`/v1/reservations/${loan.id}`)).status).toBeLessThan(300);
  await server.test.settle();
  const next = await lend();
  expect(next).toMatchObject({ status: 'active' });
  expect(readdirSync(next.resources[0].details.path)).toEqual([]);
  expect(existsSync(path)).toBe(false);

  const admin = await server.admin();
  const { body } = await admin.get('/v1/returns?pool=scratch');
  expect(body.items[0]).toMatchObject({
    reservationId: loan.id,
    outcome: 'returned',
    level: 'R4',
    shown: { replaced: { gone: path } },
  });
  const settings = { root: '/etc' };
  const refused = await admin.post('/v1/pools').send({ ...scratch, name: 'more', settings });
  expect(refused.body).toMatchObject(problem(403, 'forbidden', 'settings.root'));
});
