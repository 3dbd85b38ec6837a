import { compare } from './compared';
import { CHANGING, REMOTE_CASES } from './remote-cases';
import { OF_CALLERS, seen, type Situation } from './situations';
import { openWorld, runIn, type World } from './world';

jest.setTimeout(120_000);

const POOLS = `
pools:
  - name: lab
    kind: account
    driver: simulated
    size: 2
    shareHolders: true
    lease: { default: 8d, maximum: 30d }
  - { name: boxes, kind: vm, driver: simulated, size: 1, types: [{ name: small }] }
`;

let shared: World;
beforeAll(async () => {
  shared = await openWorld({ pools: POOLS });
});

async function shownIn(world: World, name: string, situation: Situation) {
  const named = name.split(' ').filter((word) => word !== 'QUEUED');
  const words = [...named, ...(await REMOTE_CASES[name]!(world))];
  return [situation.title, await seen(runIn(world, words), situation)] as const;
}

const names = Object.keys(REMOTE_CASES);

test.each(names.filter((name) => !CHANGING.test(name)))('%s', async (name) => {
  compare(name, await Promise.all(OF_CALLERS.map((each) => shownIn(shared, name, each))));
});

test.each(names.filter((name) => CHANGING.test(name)))('%s', async (name) => {
  const world = await openWorld({ pools: POOLS });
  const parts = [];
  for (const situation of OF_CALLERS) parts.push(await shownIn(world, name, situation));
  await world.server.stop();
  compare(name, parts);
});
