import { runModel } from '../service/support/run';
import { Dice, say, size, soak } from './helpers/soak';

const SEQUENCES = size('SEQUENCES', 5_000);

soak('the model of tests/service/property.test.ts', () => {
  it(`agrees with the engine through ${SEQUENCES} sequences`, async () => {
    const { seed } = Dice.thrown('model');
    const { steps, seconds } = await runModel({ seed, runs: SEQUENCES, shrink: true });
    say(`model: ${SEQUENCES} sequences, ${steps} steps in ${seconds.toFixed(0)} s`);
  });
});
