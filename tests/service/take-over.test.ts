import { takeOver } from '../../src/service/installation/take-over';
import { TestEngine } from '../helpers/engine';

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]';

/** Three dead processes, and a record of their fate. */
function threeDead() {
  const fate: string[] = [];
  const peers = {
    dead: () =>
      ['one', 'two', 'three'].map((name) => ({
        name,
        remove: () => void fate.push(`${name} removed`),
        release: () => void fate.push(`${name} released`),
      })),
  };
  return { fate, peers };
}

const log = { info: () => undefined };

test('every dead process is removed once its claims are void', async () => {
  const { engine } = await TestEngine.start({ pools: POOLS });
  const { fate, peers } = threeDead();
  await takeOver(engine, peers, log);
  expect(fate).toEqual(['one removed', 'two removed', 'three removed']);
});

test('where claims cannot be voided, that process and all after it are released', async () => {
  const { engine } = await TestEngine.start({ pools: POOLS });
  const { fate, peers } = threeDead();
  const transact = engine.store.transact.bind(engine.store);
  const failing = ((...given: Parameters<typeof transact>) =>
    fate.length === 0
      ? transact(...given)
      : Promise.reject(new Error('The disk is full.'))) as typeof transact;
  const broken = { ...engine, store: { ...engine.store, transact: failing } };
  await expect(takeOver(broken, peers, log)).rejects.toThrow('The disk is full.');
  expect(fate).toEqual(['one removed', 'two released', 'three released']);
});
