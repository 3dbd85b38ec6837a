import { createServices } from '../../src/service/services';
import { inSlices, MOST_LISTED, readListed, shared, sharedBody } from '../../src/legacy/shared';
import { passwords } from '../../src/crypto/passwords';
import { TestEngine } from '../helpers/engine';
import { describeServer, examplePools } from '../helpers/legacy';

describe('a list that grows with what there is', () => {
  test('is read up to a bound, page by page, and says that it goes on', async () => {
    const all = Array.from({ length: MOST_LISTED + 1 }, (_, index) => index + 1);
    const read = async (last: number | undefined, limit: number) =>
      all.slice(last ?? 0, (last ?? 0) + limit);
    expect(await readListed(read)).toEqual({ found: all.slice(0, MOST_LISTED), more: true });
    all.pop();
    expect(await readListed(read)).toEqual({ found: all, more: false });
  });

  test('lets other calls in while it is made', async () => {
    let turns = 0;
    const count = () => (turns += 1);
    const timer = setInterval(count, 0);
    const slow = (entry: number) => {
      for (const until = performance.now() + 0.05; performance.now() < until;);
      return entry;
    };
    const entries = Array.from({ length: 2_000 }, (_, index) => index);
    expect(await inSlices(entries, slow)).toEqual(entries);
    clearInterval(timer);
    expect(turns).toBeGreaterThan(10);
  });
});

describe('a snapshot', () => {
  let test_: TestEngine;
  let made: number;
  const make = async () => (made += 1);

  beforeEach(async () => {
    test_ = await TestEngine.start({ pools: examplePools('vms') });
    made = 0;
  });

  test('is made once for all callers of a moment, and again after a change', async () => {
    const { engine, drivers } = test_;
    expect(await shared(engine, 'x', make)).toBe(1);
    expect(await shared(engine, 'x', make)).toBe(1);
    expect(await shared(engine, 'y', make)).toBe(2);
    const { pools } = createServices(engine, drivers, passwords(Buffer.alloc(32), { cost: 4 }), '');
    await pools.change('vms', { size: 3 }, null);
    expect(await shared(engine, 'x', make)).toBe(3);
    test_.clock.advance(1_000);
    expect(await shared(engine, 'x', make)).toBe(4);
  });

  test('that is being made is not given to those who come later: they share the next', async () => {
    const { engine } = test_;
    const gates: (() => void)[] = [];
    const slow = async () => {
      made += 1;
      const mine = made;
      await new Promise<void>((resolve) => gates.push(resolve));
      return mine;
    };
    const first = shared(engine, 'x', slow);
    await new Promise(setImmediate);
    const later = Array.from({ length: 50 }, () => shared(engine, 'x', slow));
    await new Promise(setImmediate);
    expect(made).toBe(1);
    gates[0]!();
    expect(await first).toBe(1);
    while (gates.length < 2 && made > 1) await new Promise(setImmediate);
    gates[1]?.();
    expect(new Set(await Promise.all(later)).size).toBe(1);
    expect(made).toBeLessThanOrEqual(2);
  });

  const change = (value: string) =>
    test_.engine.store.transact({ load: 'classes', classIds: [] }, () => ({
      changes: [{ do: 'append', event: { type: 'resource.rotated', data: { value } } }],
      value: undefined,
    }));
  /** Keeps the thread at work for so long, however busy the machine is. */
  const busyFor = (ms: number) => {
    const worked = () => process.threadCpuUsage().user / 1_000;
    for (const end = worked() + ms; worked() < end;);
  };

  test('that kept the thread at work for long serves for a while, whatever changes', async () => {
    const { engine } = test_;
    const heavy = async () => {
      busyFor(300);
      return make();
    };
    expect(await shared(engine, 'x', heavy)).toBe(1);
    await change('a');
    expect(await shared(engine, 'x', heavy)).toBe(1);
    test_.clock.advance(60_000);
    expect(await shared(engine, 'x', heavy)).toBe(2);
  });

  test('that only waited for long is made again after a change', async () => {
    const { engine } = test_;
    const waiting = async () => {
      await new Promise((resolve) => setTimeout(resolve, 200));
      return make();
    };
    expect(await shared(engine, 'x', waiting)).toBe(1);
    await change('a');
    expect(await shared(engine, 'x', waiting)).toBe(2);
  });

  test('has one body for all who ask for the same part', () => {
    const snapshot = {};
    const body = sharedBody(snapshot, 'a', () => ({ made }));
    expect(sharedBody(snapshot, 'a', () => ({ made: 7 }))).toBe(body);
    expect(sharedBody(snapshot, 'b', () => ({ made: 7 }))).not.toBe(body);
  });
});

describeServer('lists of the VM API', { mode: 'open', pools: examplePools('vms') }, (server) => {
  test('go on after an entry', async () => {
    const idsOf = async (path: string) =>
      Object.keys((await server().anybody.get(path).expect(200)).body.VM_details as object);
    expect(await idsOf('/vmdetails?after=7')).toEqual(['8', '9', '10']);
    expect(await idsOf('/vmdetails/type/small?after=4')).toEqual(['7', '10']);
  });
});
