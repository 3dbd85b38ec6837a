import { simulatedDriver } from '../../../src/drivers/simulated';
import { staticDriver } from '../../../src/drivers/static';
import { compare } from './compared';
import { LOAN_CASES, LOAN_POOLS } from './loan-cases';
import { OF_CALLERS, seen, type Situation } from './situations';
import { openWorld } from './world';

jest.setTimeout(120_000);

const OPTIONS = { pools: LOAN_POOLS, factories: [simulatedDriver, staticDriver] };

/** Each in a world of its own, since most of them change it. */
async function shownOf(name: string, situation: Situation) {
  const world = await openWorld(OPTIONS);
  const run = await LOAN_CASES[name]!(world, situation);
  const output = await seen(run, situation);
  await world.server.stop();
  return [situation.title, output] as const;
}

test.each(Object.keys(LOAN_CASES))('%s', async (name) => {
  compare(name, await Promise.all(OF_CALLERS.map((each) => shownOf(name, each))));
});
