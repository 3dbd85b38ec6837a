import { SEED } from '../helpers/seed';
import { runModel } from './support/run';

/**
 * Whatever happens, in whatever order: each answer and its consequences agree with a small model in
 * memory, and the promises hold after every step. FC_SEED repeats a run, FC_RUNS makes it longer or
 * shorter. A failure is shrunk to a short sequence, unless FC_SHRINK=0. tests/soak/model.test.ts goes
 * through thousands; these find at once what breaks often.
 */
const runs = Number(process.env['FC_RUNS'] ?? 60);

it(`the engine does what the model says (FC_SEED=${SEED})`, async () => {
  const { steps, seconds } = await runModel({
    seed: SEED,
    runs,
    shrink: process.env['FC_SHRINK'] !== '0',
  });
  process.stderr.write(`${runs} sequences, ${steps} steps in ${seconds.toFixed(1)} s\n`);
}, 600_000);
