import { RESOURCE_STATUSES } from '../domain/lifecycle/resource';
import type { Pool } from '../domain/pools/pool';
import { JOB_NAMES } from '../service/jobs/jobs';
import type { ClassCount } from '../store/reads';
import type { Store } from '../store/store';
import type { Metrics } from './definitions';
import type { DirtyResources } from './dirty';

/** The parts of the machine that are looked at; bytes. */
export interface Machine {
  walSize(): Promise<number>;
  freeDisk(): Promise<number>;
  /** Below this much free disk the service is not ready. */
  leastDisk: number;
}

/** Shown for each pool even if the count is 0, so that an alert sees it rise. */
const ALWAYS = RESOURCE_STATUSES.filter((status) => status !== 'destroyed');

/**
 * Shows the present state of the database, by its counters and by indexes. A job that has never
 * finished a pass counts from `begun` (epoch ms).
 */
export async function showState(
  store: Pick<Store, 'read' | 'now' | 'heartbeats'>,
  metrics: Metrics,
  dirty: DirtyResources,
  begun: number,
): Promise<void> {
  const { read } = store;
  const [pools, counts, queues, failing, heartbeats] = await Promise.all([
    read.pools(),
    read.counts(),
    read.queueStates(),
    read.failingPools(),
    store.heartbeats(),
  ]);
  const now = store.now();
  const age = (at: number | undefined) => (at === undefined ? 0 : Math.max(0, now - at) / 1_000);
  showResources(metrics, pools, counts);
  const { poolSize, queueLength, queueOldest, dirtyOldest, breakerOpen } = metrics;
  for (const gauge of [poolSize, queueLength, queueOldest, dirtyOldest, breakerOpen]) gauge.reset();
  for (const { id, name: pool, size } of pools) {
    const own = queues.filter(({ poolId }) => poolId === id);
    const waiting = own.flatMap(({ oldest }) => oldest ?? []);
    poolSize.set({ pool }, size);
    queueLength.set(
      { pool },
      own.reduce((sum, { length }) => sum + length, 0),
    );
    queueOldest.set({ pool }, age(waiting.length > 0 ? Math.min(...waiting) : undefined));
    dirtyOldest.set({ pool }, age(dirty.oldest(id)));
    breakerOpen.set({ pool }, failing.some(({ poolId }) => poolId === id) ? 1 : 0);
  }
  for (const name of JOB_NAMES) metrics.jobHeartbeat.set({ name }, age(heartbeats[name] ?? begun));
}

function showResources({ resources }: Metrics, pools: Pool[], counts: ClassCount[]): void {
  resources.reset();
  const names = new Map(pools.map(({ id, name, kind }) => [id, { pool: name, kind }]));
  for (const labels of names.values())
    for (const state of ALWAYS) resources.set({ ...labels, state, admin_state: 'in_service' }, 0);
  for (const { poolId, status, adminState, held, count } of counts) {
    const labels = names.get(poolId);
    const state = held && status === 'available' ? 'held' : status;
    if (labels) resources.inc({ ...labels, state, admin_state: adminState }, count);
  }
}

/** Shows the state of the machine; what cannot be read is left as it was. */
export async function showMachine(machine: Machine, metrics: Metrics): Promise<void> {
  metrics.diskLeast.set(machine.leastDisk);
  const [wal, free] = await Promise.allSettled([machine.walSize(), machine.freeDisk()]);
  if (wal.status === 'fulfilled') metrics.walSize.set(wal.value);
  if (free.status === 'fulfilled') metrics.diskFree.set(free.value);
}
