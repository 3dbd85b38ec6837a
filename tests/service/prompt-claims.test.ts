import { makeJob } from '../../src/service/jobs/jobs';
import { runJobLoop } from '../../src/service/jobs/job-loop';
import type { Store } from '../../src/store/store';
import { somebody, TestEngine } from '../helpers/engine';
import { Gate } from './support/gated-driver';

/** Work that falls due while a pass is under way is begun at once. */

const ann = somebody('ann');
const POOLS = 'pools: [{ name: free, kind: account, driver: gated, size: 1 }]';
const log = { info: () => {}, warn: () => {}, error: () => {} };
const failed = (error: unknown) => {
  throw error;
};

/** A store whose passes do not get on, once the test has asked for it, until it lets them. */
function stopping() {
  let arrive = () => {};
  let release = () => {};
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  const gone = new Promise<void>((resolve) => (release = resolve));
  const state = { stops: false };
  const wrap = (store: Store): Store => ({
    ...store,
    get read() {
      const poolsToReplan = async () => {
        if (state.stops) {
          arrive();
          await gone;
        }
        return store.read.poolsToReplan();
      };
      return { ...store.read, poolsToReplan };
    },
  });
  return { wrap, reached, stop: () => (state.stops = true), release: () => release() };
}

it('a release during a pass is cleaned before the pass ends', async () => {
  const gate = new Gate();
  const passes = stopping();
  const { wrap } = passes;
  const test = await TestEngine.start({ pools: POOLS, factories: [gate.factory], wrap });
  const { engine, drivers } = test;
  const loan = await test.reserve(ann, { pool: 'free' });
  const job = makeJob('reconcile', { engine, drivers, worker: 'prompt', log });
  const end = new AbortController();
  passes.stop();
  const loop = runJobLoop('reconcile', job, engine.store, end.signal, failed);
  await passes.reached;
  const cleaned = gate.hold('clean');
  await test.release(ann, loan.id);
  await cleaned.reached;
  cleaned.release();
  passes.release();
  end.abort();
  await loop;
});
