import { ask, type Loading } from '../query';
import { countServed, type CountedHolding, type LiveHolding } from './counting';
import { figuresOf, type Figures } from './figures';
import { LENGTH, openParts, startsIn, type Span } from './steps';
import { loadTail } from './tail';
import { addTo, ALL_POOLS, Tallies, type Tally } from './tally';

/** Asks for the history of a pool, or of all together (null). */
export interface HistoryOf {
  poolId: string | null;
  span: Span;
}

/** The figures of one step, which began at `since` and ends at `until`; epoch ms. */
export interface HistoryStep {
  since: number;
  until: number;
  figures: Figures;
}

/** The steps of a span in order. */
export interface History {
  steps: HistoryStep[];
  /** False: more has ended lately than one call counts, and the figures lack some of it. */
  isWhole: boolean;
}

/**
 * How many rows of each kind one call counts beyond those that the job has counted; a job that runs
 * leaves less than that.
 */
const MOST_UNCOUNTED = 2_000;

/** Loads the history: what is counted, what has ended since, and what goes on. */
export function* loadHistory({ poolId, span }: HistoryOf, now: number): Loading<History> {
  const key = poolId ?? ALL_POOLS;
  const starts = startsIn(span);
  const sums = new Map<number, Tally>(starts.map((at) => [at, {}]));
  const add = (at: number, tally: Tally) => {
    const sum = sums.get(at);
    if (sum) addTo(sum, tally);
  };
  const { step, since, until } = span;
  const stored = yield* ask({ ask: 'talliesBetween', poolId: key, step, since, until });
  const tail = yield* loadTail(MOST_UNCOUNTED, now);
  const poolIds = poolId === null ? yield* allPools() : [poolId];
  const holdings = yield* ask({ ask: 'liveHoldings', poolIds });
  const served = servedBy(holdings, now).filter((each) => each.poolId === key);
  const created = yield* ask({ ask: 'createdAt', poolIds });
  const mine = tail.tallies.filter((each) => each.poolId === key);
  for (const each of [...stored, ...mine, ...served])
    if (each.step === step) add(each.at, each.tally);
  const begun = holdings.map(({ startedAt }) => startedAt);
  for (const [at, held] of openParts(begun, span)) add(at, { held });
  for (const [at, there] of openParts(created, span)) add(at, { there });
  const steps = starts.map((at) => ({
    since: at,
    until: Math.min(until, at + LENGTH[step]),
    figures: figuresOf(sums.get(at)!),
  }));
  return { steps, isWhole: tail.isWhole };
}

function* allPools(): Loading<string[]> {
  return (yield* ask({ ask: 'pools' })).map(({ pool }) => pool.id);
}

/** Counts the requests that hold these resources. */
function servedBy(holdings: readonly LiveHolding[], now: number) {
  const tallies = new Tallies(now);
  const requests = new Map<string, { requestedAt: number; holdings: CountedHolding[] }>();
  for (const { reservationId, requestedAt, poolId, startedAt } of holdings) {
    const request = requests.get(reservationId) ?? { requestedAt, holdings: [] };
    request.holdings.push({ poolId, startedAt, endedAt: null });
    requests.set(reservationId, request);
  }
  for (const request of requests.values()) countServed(tallies, request);
  return tallies.all();
}
