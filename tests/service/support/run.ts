import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { systemRandom } from '../../../src/crypto/random';
import { TestClock, TestEngine } from '../../helpers/engine';
import { Recorder } from '../model/recorder';
import { World } from '../model/world';
import { commands } from './commands';
import { Invariants } from './invariants';
import { FILES, KnownFile } from './pools';
import { Refill } from './refill';
import type { Model, Real } from './step';

const DAY = 24 * 3_600_000;
/** Lengths run from zero to this; half is the average. */
const LONGEST = 100;

/** In memory if the machine has such a directory: the disk is not under test here. */
const MEMORY = '/dev/shm';
const place = existsSync(MEMORY) ? MEMORY : tmpdir();

/** Chance that is always in the middle, so that a run can be repeated; secrets may be anything. */
const random = { ...systemRandom, fraction: () => 0.5 };

export interface ModelRun {
  seed: number;
  runs: number;
  /** Search for the shortest way to a failure? */
  shrink: boolean;
}

/**
 * Runs sequences of commands against the engine and the model; fails with the shortest sequence
 * found on which they differ.
 */
export async function runModel({
  seed,
  runs,
  shrink,
}: ModelRun): Promise<{ steps: number; seconds: number }> {
  const begun = performance.now();
  const scene = await Scene.open();
  let steps = 0;
  const property = fc.asyncProperty(commands(LONGEST), async (sequence) => {
    const { model, real } = await scene.begin();
    try {
      await fc.asyncModelRun(() => ({ model, real }), sequence);
    } finally {
      steps += model.steps;
      scene.end(real);
    }
  });
  try {
    await fc.assert(property, { seed, numRuns: runs, endOnFailure: !shrink });
  } finally {
    await scene.close();
  }
  return { steps, seconds: (performance.now() - begun) / 1_000 };
}

/**
 * One data directory, in which one sequence after the other begins with the same pools, ready to
 * lend.
 */
class Scene {
  private constructor(
    private readonly furnished: string,
    private readonly dataDir: string,
    private readonly recorder: Recorder,
    private test: TestEngine,
  ) {
    this.refill = new Refill(furnished, dataDir);
    this.invariants = new Invariants(dataDir);
  }

  private readonly refill: Refill;
  private readonly invariants: Invariants;

  static async open(): Promise<Scene> {
    const [furnished, dataDir] = [
      mkdtempSync(join(place, 'holdfast-model-')),
      mkdtempSync(join(place, 'holdfast-model-')),
    ];
    const first = await TestEngine.start({ dataDir: furnished, pools: FILES.first, random });
    await first.stop();
    cpSync(furnished, dataDir, { recursive: true });
    const recorder = new Recorder();
    const test = await TestEngine.start({ dataDir, random, wrap: recorder.wrap, migrated: true });
    return new Scene(furnished, dataDir, recorder, test);
  }

  async begin(): Promise<{ model: Model; real: Real }> {
    const { recorder, test, invariants } = this;
    // A store's time never goes back.
    const start = test.engine.store.now() + DAY;
    this.refill.put(start - new TestClock().at);
    test.clock.at = start;
    recorder.take();
    const { read } = test.engine.store;
    const pools = await read.pools();
    const resources = (await read.resources({}, { after: null, limit: 1_000 })).map(
      ({ resource }) => resource,
    );
    const classes = await Promise.all(
      pools.map(async ({ id: pool }) =>
        (await read.classesOf(pool)).map(({ id: classId, type }) => ({ pool, type, classId })),
      ),
    );
    const world = new World(pools, resources, classes.flat());
    return {
      model: { world, file: new KnownFile(world), asked: [], steps: 0 },
      real: { test, recorder, invariants, shown: [] },
    };
  }

  /** A restart on the way has made another engine. */
  end({ test }: Real): void {
    this.test = test;
  }

  async close(): Promise<void> {
    this.invariants.close();
    this.refill.close();
    await this.test.stop();
    for (const directory of [this.furnished, this.dataDir]) rmSync(directory, { recursive: true });
  }
}
