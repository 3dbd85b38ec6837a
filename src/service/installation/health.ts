import type { Engine } from '../engine';
import { JOB_NAMES } from '../jobs/jobs';

/** A job that has not finished a pass for this long is taken for dead; ms. */
const JOB_SILENCE = 30_000;
/** The database is tried at most this often, however often somebody asks; ms. */
const PROBE_EVERY = 1_000;
const MIB = 2 ** 20;

/** Where the data lies, and what must stay free there; bytes. */
export interface Disk {
  free(): Promise<number>;
  least: number;
}

/** The state of the service, in words. */
export interface Health {
  /** The reasons why the service cannot do its work; empty when it can. */
  failing: string[];
  /** Faults that an operator has to mend, although the service does its work. */
  warnings: string[];
}

/** The parts of the machine whose state counts; each is left out if it is not given. */
export interface Surroundings {
  disk?: Disk;
  /** The fault of the nightly backups at `now` (epoch ms), in words; null without one. */
  backups?: (now: number) => string | null;
}

/** Looks at the state of the service. */
export async function examine(
  engine: Engine,
  { disk, backups }: Surroundings = {},
): Promise<Health> {
  const problems = await Promise.all([databaseProblems(engine), diskProblems(disk)]);
  const warning = backups?.(engine.store.now()) ?? null;
  return { failing: problems.flat(), warnings: warning === null ? [] : [warning] };
}

/** Does the same, but looks at most once a second, however many ask. */
export function watchHealth(engine: Engine, surroundings: Surroundings): () => Promise<Health> {
  let asked = -Infinity;
  let answer: Promise<Health> = Promise.resolve({ failing: [], warnings: [] });
  return () => {
    if (performance.now() - asked >= PROBE_EVERY) {
      asked = performance.now();
      answer = examine(engine, surroundings);
    }
    return answer;
  };
}

async function databaseProblems({ store }: Engine): Promise<string[]> {
  try {
    await store.probe();
    const heartbeats = await store.heartbeats();
    const now = store.now();
    return JOB_NAMES.filter((name) => now - (heartbeats[name] ?? 0) > JOB_SILENCE).map(
      (name) => `the job ${name} has sent no heartbeat for ${JOB_SILENCE / 1000} s`,
    );
  } catch {
    return ['the database cannot be written'];
  }
}

async function diskProblems(disk: Disk | undefined): Promise<string[]> {
  if (!disk) return [];
  try {
    const free = await disk.free();
    return free < disk.least
      ? [`the disk is nearly full: ${Math.floor(free / MIB)} MiB are free`]
      : [];
  } catch {
    return ['the free space of the disk cannot be read'];
  }
}
