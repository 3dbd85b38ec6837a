import { somebody, TestEngine } from '../helpers/engine';
import { isSameKind } from '../helpers/kinds';

/**
 * Objects made for each loan look alike to V8 (docs/performance.md): otherwise they cost a third of
 * all time.
 */

const ann = somebody('ann');
const LOANS = 24;

test('the check tells one kind from another', () => {
  const born = (n: number) => ({ a: n, b: n });
  const grown = (n: number) => ({ ...born(n), c: n });
  for (let n = 0; n < LOANS; n += 1) grown(n);
  expect([isSameKind(born(1), born(2)), isSameKind(born(1), grown(1))]).toEqual([true, false]);
});

test("rows, views and the driver's memory of two loans are of one kind", async () => {
  const test = await TestEngine.start({
    pools: `pools: [{ name: free, kind: account, driver: simulated, size: ${LOANS} }]`,
  });
  const loans: { id: string }[] = [];
  for (let n = 0; n < LOANS; n += 1) loans.push(await test.reserve(ann, { pool: 'free' }));
  const parts = async (index: number): Promise<Record<string, object>> => {
    const { id } = loans.at(index)!;
    const view = await test.view(ann, id);
    const [held] = await test.engine.store.read.holdings(id);
    const { resource, credentials } = view.resources[0]!;
    const row = (await test.engine.store.read.reservation(id))!;
    return {
      view,
      row,
      held: held!,
      allocation: held!.allocation,
      resource,
      moved: { ...resource, status: 'dirty' },
      credentials: credentials!,
      state: test.cloud.things.state(resource.handle!)!,
    };
  };
  for (let n = 0; n < LOANS; n += 1) await parts(n);
  const [one, other] = [await parts(-2), await parts(-1)];
  const kinds = Object.keys(one).map((part) => [part, isSameKind(one[part]!, other[part]!)]);
  expect(Object.fromEntries(kinds)).toEqual(
    Object.fromEntries(kinds.map(([part]) => [part, true])),
  );
});
