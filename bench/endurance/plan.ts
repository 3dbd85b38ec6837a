/** How a run goes; all times in ms from when the load begins. */
export interface Plan {
  seed: number;
  /** Callers that arrive in a second. */
  rate: number;
  warmUp: number;
  window: number;
  windows: number;
  /** How long the server keeps what has ended. */
  keep: number;
}

const MINUTE = 60_000;
const FIVE_MINUTES = 5 * MINUTE;
/** The least that the configuration takes. */
const LEAST_KEPT = MINUTE;
/**
 * What is kept outstays its time by a tenth of it (see service/housekeeping.ts), and by what a
 * round takes.
 */
const OUTSTAYS = 1.1;
const ROUND = 10_000;

/**
 * Windows of five minutes; a run that is too short for three has shorter ones, to try the script
 * itself. The first begins after a warm-up: V8 compiles what is hot and finds the size of its
 * heaps, SQLite fills its caches and its log, and the pools make their resources. What is compared
 * afterwards is the steady state. Errors: where it is too short for a verdict.
 */
export function planOf(minutes: number, warmUpMinutes: number, rate: number, seed: number): Plan {
  const window = Math.min(FIVE_MINUTES, Math.floor((minutes * MINUTE) / 3));
  const plan = {
    seed,
    rate,
    warmUp: warmUpMinutes * MINUTE,
    window,
    windows: Math.floor((minutes * MINUTE) / window),
    keep: Math.max(LEAST_KEPT, Math.floor(0.8 * window)),
  };
  if (firstFullWindow(plan) >= plan.windows - 1)
    throw new Error(
      `--minutes ${minutes} is too short: a window must follow the first one after ` +
        `${plan.keep / 1000} seconds, for so long everything is kept.`,
    );
  return plan;
}

/** The first window that begins when as much is forgotten as is written. */
export function firstFullWindow({ warmUp, window, keep }: Plan): number {
  const full = keep * OUTSTAYS + ROUND;
  return Math.max(0, Math.ceil((full - warmUp) / window));
}

/** In which window a moment lies; -1: in the warm-up. What comes after the last belongs to it. */
export function windowAt({ warmUp, window, windows }: Plan, at: number): number {
  return at < warmUp ? -1 : Math.min(windows - 1, Math.floor((at - warmUp) / window));
}

/** Until when callers arrive. */
export function lengthOf({ warmUp, window, windows }: Plan): number {
  return warmUp + window * windows;
}

const tries =
  'cleaning: { retries: 2, backoff: 200ms, backoffMaximum: 2s, quarantineRetry: 10s, deadline: 2s }';
const upkeep = 'verification: { interval: 30s }, rotation: { afterLease: true, interval: 60s }';
const pool = (name: string, kind: string, size: number, ...rest: string[]) =>
  `{ name: ${name}, kind: ${kind}, driver: simulated, size: ${size}, concurrency: 32, ` +
  `${[tries, ...rest].join(', ')} }`;
const tokens = [
  'name: tokens, kind: token, driver: simulated, sizing: manual',
  'settings: { leavesNothing: true }, rotation: { afterLease: true }',
  'lease: { default: never, openEnded: true, heartbeat: 5s, idleExpiry: 20s }',
];
const short = 'lease: { default: 60s, maximum: 10m }';

/** How many resources the pools that admins resize have at rest. */
export const SIZES = { accounts: 60, vms: 40 };

/** One pool for each way of lending, with drivers that take their time, and some that fail. */
export const POOLS = `pools:
  - ${pool(
    'accounts',
    'account',
    SIZES.accounts,
    'pick: longest_idle',
    short,
    'settings: { latencyMs: 2, latencyJitterMs: 8 }',
    upkeep,
  )}
  - ${pool('vms', 'vm', SIZES.vms, 'types: [{ name: small, share: 3 }, { name: large }]', short, upkeep)}
  - ${pool(
    'boxes',
    'container',
    40,
    short,
    'settings: { opensAccess: true, latencyMs: 5, latencyJitterMs: 10, ' +
      'failureRates: { openAccess: 0.02, closeAccess: 0.05 } }',
  )}
  - ${pool(
    'flaky',
    'account',
    30,
    'lease: { default: 60s }',
    'settings: { failureRates: { clean: 0.05, verify: 0.02, issueCredential: 0.05, ' +
      'retireCredential: 0.05, provision: 0.1 } }',
    upkeep,
  )}
  - ${pool('narrow', 'account', 4, 'lease: { default: 60s }', upkeep)}
  - ${pool('beating', 'vm', 40, 'lease: { default: 60s, heartbeat: 3s }')}
  - { ${tokens.join(', ')} }
`;
