import { cpSync } from 'node:fs';
import fc from 'fast-check';
import { temporaryDirectory, TestClock, TestEngine } from '../helpers/engine';
import { commands, type Real } from './support/commands';
import { Invariants } from './support/invariants';

/**
 * Whatever happens, in whatever order, the promises hold after every step.
 * FC_SEED repeats a run, FC_RUNS makes it longer, FC_SHRINK looks for the shortest way to a failure.
 */

const SEED = Number(process.env['FC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
const RUNS = Number(process.env['FC_RUNS'] ?? 100);
const LENGTH = 40;

const POLICY = 'cleaning: { retries: 1, backoff: 1s, backoffMaximum: 4s, quarantineRetry: 60s, deadline: 30s }, verification: { interval: 10m }, rotation: { interval: 30m }';
const LEASE = 'lease: { default: 30s, maximum: 120s, heartbeat: 20s, prepare: 10s }';
const POOLS = `
pools:
  - { name: free, kind: account, driver: simulated, size: 3, ${POLICY}, ${LEASE} }
  - { name: vms, kind: vm, driver: simulated, size: 2, types: [{ name: small }, { name: large }], ${POLICY}, ${LEASE} }
  - { name: boxes, kind: container, driver: simulated, size: 2, settings: { opensAccess: true }, cleaning: { retries: 1, backoff: 1s, backoffMaximum: 4s, quarantineRetry: 60s, deadline: 30s }, ${LEASE} }
`;

/** A data directory with the pools made ready, to start every sequence from. */
let furnished: string;

beforeAll(async () => {
  const test = await TestEngine.start({ pools: POOLS });
  furnished = test.dataDir;
  await test.stop();
});

async function setUp(): Promise<Real> {
  const dataDir = temporaryDirectory();
  cpSync(furnished, dataDir, { recursive: true });
  const test = await TestEngine.start({ dataDir, clock: new TestClock() });
  return { test, invariants: new Invariants(dataDir), shown: [] };
}

it(
  `the promises hold after every step (FC_SEED=${SEED})`,
  async () => {
    const property = fc.asyncProperty(commands(LENGTH), async (steps) => {
      const real = await setUp();
      try {
        await fc.asyncModelRun(() => ({ model: { asked: [] }, real }), steps);
      } finally {
        real.invariants.close();
        await real.test.stop();
      }
    });
    await fc.assert(property, { seed: SEED, numRuns: RUNS, endOnFailure: process.env['FC_SHRINK'] === undefined });
  },
  600_000,
);
