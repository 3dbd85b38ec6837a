import type { Engine } from './engine';
import { JOB_NAMES } from './jobs';

/** A job that has not finished a pass for this long is taken for dead; ms. */
const JOB_SILENCE = 30_000;

/** What keeps the service from doing its work, in words; empty when nothing does. */
export async function failing(engine: Engine): Promise<string[]> {
  const { store } = engine;
  try {
    await store.probe();
  } catch {
    return ['the database cannot be written'];
  }
  const ticks = await store.ticks();
  const now = store.now();
  return JOB_NAMES.filter((name) => now - (ticks[name] ?? 0) > JOB_SILENCE).map((name) => `the job ${name} does not tick`);
}
