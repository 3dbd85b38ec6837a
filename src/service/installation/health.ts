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

/** The reasons why the service cannot do its work, in words; empty when it can. */
export async function failing(engine: Engine, disk?: Disk): Promise<string[]> {
  const problems = await Promise.all([databaseProblems(engine), diskProblems(disk)]);
  return problems.flat();
}

/** Does the same, but looks at most once a second, however many ask. */
export function watchHealth(engine: Engine, disk?: Disk): () => Promise<string[]> {
  let asked = -Infinity;
  let answer = Promise.resolve<string[]>([]);
  return () => {
    if (performance.now() - asked >= PROBE_EVERY) {
      asked = performance.now();
      answer = failing(engine, disk);
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
