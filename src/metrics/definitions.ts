import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from '@prometheus-io/client';

/** From a quick hand-over to a lease of a week; seconds. */
const LONG = [0.1, 0.5, 1, 5, 15, 60, 300, 900, 3_600, 14_400, 86_400, 604_800];
/** From a call within this machine to one that makes a virtual machine; seconds. */
const CALL = [0.005, 0.02, 0.1, 0.5, 1, 2.5, 5, 10, 30, 60, 300];
/** From a commit on a fast disk to one that waits for a slow one; seconds. */
const COMMIT = [0.000_5, 0.001, 0.002_5, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 2.5];
const BATCH = [1, 2, 4, 8, 16, 32, 64];

/** Metrics of the library to whose names promtool's lint objects. */
const MISNAMED = /^nodejs_(active_(handles|requests|resources)|eventloop_utilization)/;
/** The library measures how busy the event loop is, which is not shown, as seldom as this; ms. */
const SELDOM = 3_600_000;

const makers = (register: Registry) => {
  const common = (name: string, help: string) => ({
    name: `holdfast_${name}`,
    help,
    registers: [register],
  });
  return {
    gauge: <T extends string>(name: string, help: string, ...labelNames: T[]) =>
      new Gauge({ ...common(name, help), labelNames }),
    counter: <T extends string>(name: string, help: string, ...labelNames: T[]) =>
      new Counter({ ...common(name, help), labelNames }),
    histogram: <T extends string>(
      name: string,
      help: string,
      buckets: number[],
      ...labelNames: T[]
    ) => new Histogram({ ...common(name, help), buckets, labelNames }),
  };
};
type Makers = ReturnType<typeof makers>;

/** Every metric of a process, in a registry of its own. */
export function makeMetrics() {
  const register = new Registry();
  collectDefaultMetrics({ register, eventLoopUtilizationTimeout: SELDOM });
  for (const { name } of register.getMetricsAsArray())
    if (MISNAMED.test(name)) register.removeSingleMetric(name);
  const make = makers(register);
  return { register, ...stateMetrics(make), ...happeningMetrics(make), ...processMetrics(make) };
}

export type Metrics = ReturnType<typeof makeMetrics>;

/** The state of the database; every process on it shows the same. */
function stateMetrics({ gauge }: Makers) {
  return {
    resources: gauge(
      'resources',
      'Resources by pool, kind and state. Available ones that are held for a request are held.',
      ...(['pool', 'kind', 'state', 'admin_state'] as const),
    ),
    poolSize: gauge('pool_size', 'Resources that a pool shall have.', 'pool'),
    queueLength: gauge('queue_length', 'Items of requests that wait for a pool.', 'pool'),
    queueOldest: gauge(
      'queue_oldest_age_seconds',
      'Age of the oldest request that waits for a pool; 0 without one.',
      'pool',
    ),
    dirtyOldest: gauge(
      'dirty_oldest_age_seconds',
      'Time since the oldest resource on its way back to use became dirty; 0 without one.',
      'pool',
    ),
    breakerOpen: gauge('breaker_open', 'Whether the back end of a pool is failing.', 'pool'),
    jobHeartbeat: gauge(
      'job_heartbeat_age_seconds',
      'Time since a job last finished a pass, in any process.',
      'name',
    ),
    walSize: gauge('wal_size_bytes', 'Size of the write-ahead log.'),
    diskFree: gauge('disk_free_bytes', 'Free space where the data is.'),
    diskLeast: gauge('disk_required_bytes', 'Free space below which the service is not ready.'),
  };
}

/** The events of the database since this process started, whichever process caused them. */
function happeningMetrics({ counter, histogram }: Makers) {
  return {
    grants: counter('grants_total', 'Resources lent.', 'pool'),
    ended: counter(
      'reservations_ended_total',
      'Reservations ended, by reason; an expiry is the reason expired.',
      'reason',
    ),
    returns: counter(
      'returns_total',
      'Ways back that ended, by the level they have shown; refused: below the level of the pool.',
      ...(['pool', 'level', 'outcome'] as const),
    ),
    wait: histogram(
      'wait_seconds',
      'From the request of a resource until it was lent.',
      LONG,
      'pool',
    ),
    lease: histogram('lease_seconds', 'How long a resource was lent.', LONG, 'pool'),
    clean: histogram('clean_seconds', 'How long a resource was cleaned.', LONG, 'pool'),
    handover: histogram(
      'handover_seconds',
      'From the end of a loan until its resource could be lent again.',
      LONG,
      'pool',
    ),
  };
}

/** The work of this process. */
function processMetrics({ counter, histogram }: Makers) {
  return {
    calls: counter(
      'driver_calls_total',
      'Calls of drivers by outcome: ok, pause (not yet), resource or backend (which failed).',
      ...(['driver', 'step', 'outcome'] as const),
    ),
    callTime: histogram(
      'driver_call_duration_seconds',
      'How long calls of drivers took.',
      CALL,
      ...(['driver', 'step'] as const),
    ),
    batch: histogram('commit_batch_tasks', 'Writes that shared a transaction.', BATCH, 'thread'),
    commitTime: histogram(
      'commit_duration_seconds',
      'How long transactions took, from their begin to the end of the commit.',
      COMMIT,
      'thread',
    ),
  };
}
