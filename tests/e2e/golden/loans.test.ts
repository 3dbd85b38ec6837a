import { simulatedDriver } from '../../../src/drivers/simulated';
import { staticDriver } from '../../../src/drivers/static';
import { compare } from './compared';
import { LOAN_CASES, LOAN_POOLS, SHARING } from './loan-cases';
import { OF_CALLERS, seen, type Situation } from './situations';
import { openWorld, type World } from './world';

jest.setTimeout(120_000);

const OPTIONS = { pools: LOAN_POOLS, factories: [simulatedDriver, staticDriver] };

let shared: World;
beforeAll(async () => {
  shared = await openWorld(OPTIONS);
});

/** Those that never get to the server, or that it refuses, share a world as well. */
async function shownOf(name: string, situation: Situation) {
  const shares = SHARING.includes(name) || situation.isRefused;
  const world = shares ? shared : await openWorld(OPTIONS);
  const output = await seen(await LOAN_CASES[name]!(world, situation), situation);
  if (!shares) await world.server.stop();
  return [situation.title, output] as const;
}

test.each(Object.keys(LOAN_CASES))('%s', async (name) => {
  compare(name, await Promise.all(OF_CALLERS.map((each) => shownOf(name, each))));
});
