/**
 * The seed of the random tests of a run: from FC_SEED, or random. A failure prints it, so that
 * FC_SEED repeats the run.
 */
export const SEED = Number(process.env.FC_SEED ?? Math.floor(Math.random() * 2 ** 31));
