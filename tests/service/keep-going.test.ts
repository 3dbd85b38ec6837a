import { setImmediate as turn } from 'node:timers/promises';
import type { Job } from '../../src/service/jobs/jobs';
import { runJobLoop } from '../../src/service/jobs/job-loop';
import type { Store } from '../../src/store/store';

/**
 * A job that counts its passes, beside a store in which `changes` changes happen one after the
 * other.
 */
async function passesWhile(changes: number, rest?: number): Promise<number> {
  let passes = 0;
  const told: (() => void)[] = [];
  const job: Job = {
    runOnce: async () => ((passes += 1), null),
    idle: async () => {},
    ...(rest === undefined ? {} : { rest }),
  };
  const store = {
    onChange: (listener: () => void) => (told.push(listener), () => undefined),
    rowsWritten: () => 0,
    now: () => 0,
    beat: async () => {},
  } as unknown as Store;
  const stop = new AbortController();
  const ended = runJobLoop('job', job, store, stop.signal, (error) => {
    throw error;
  });
  for (let change = 0; change < changes; change += 1) {
    await turn();
    told.forEach((tell) => tell());
  }
  stop.abort();
  await ended;
  return passes;
}

it('a job runs a pass after every change', async () => {
  expect(await passesWhile(50)).toBeGreaterThanOrEqual(50);
});

it(
  'a job that rests runs one pass, however many changes arrive meanwhile, and stops ' +
    'at once when told to',
  async () => {
    expect(await passesWhile(50, 60_000)).toBe(1);
  },
);

it('a busy job rests only briefly, because much work waits for the room that each call leaves', async () => {
  let [passes, written] = [0, 0];
  const stop = new AbortController();
  const runOnce = async () => ((passes += 1), (written += 1), passes === 5 && stop.abort(), 0);
  const store = {
    onChange: () => () => undefined,
    rowsWritten: () => written,
    now: () => 0,
    beat: async () => {},
  } as unknown as Store;
  await runJobLoop(
    'job',
    { runOnce, idle: async () => {}, rest: 60_000 },
    store,
    stop.signal,
    (error) => {
      throw error;
    },
  );
  expect(passes).toBe(5);
});
