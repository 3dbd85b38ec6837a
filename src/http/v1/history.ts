import { z } from 'zod';
import {
  ENDINGS,
  history as historyBody,
  historyQuery,
  UNSERVED,
  type HistoryAnswer,
} from '../../api/history';
import type { Figures, Times } from '../../domain/history/figures';
import type { PoolHistory } from '../../service/pools/histories';
import { instantOf } from '../instants';
import { route, type Route } from '../route';

const params = z.object({ name: z.string().min(1).max(63).describe('The name of the pool.') });
const answers = { 200: { description: 'The steps in order.', body: historyBody } };

/** How pools were used. */
export const historyRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/pools/{name}/history',
    operationId: 'getPoolHistory',
    summary: 'Show how a pool was used by the day: use, waits, returns and failures',
    access: 'read',
    params,
    query: historyQuery,
    answers,
    errors: ['invalid', 'not_found'],
    handle: async ({ services, params: { name }, query: { days } }) => ({
      status: 200,
      body: answerOf(await services.histories.of(name, days)),
    }),
  }),
  route({
    method: 'get',
    path: '/v1/history',
    operationId: 'getHistory',
    summary: 'The same for all pools together',
    access: 'read',
    query: historyQuery,
    answers,
    errors: ['invalid'],
    handle: async ({ services, query: { days } }) => ({
      status: 200,
      body: answerOf(await services.histories.of(null, days)),
    }),
  }),
];

function answerOf({ pool, now, span, isWhole, steps }: PoolHistory): HistoryAnswer {
  return {
    pool,
    now: instantOf(now),
    step: span.step,
    isComplete: isWhole,
    steps: steps.map(({ since, until, figures }) => ({
      since: instantOf(since),
      until: instantOf(until),
      ...shown(figures),
    })),
  };
}

function shown(figures: Figures): Omit<HistoryAnswer['steps'][number], 'since' | 'until'> {
  const { held, there, started, ended, waited, waits, unserved, returns, levels } = figures;
  return {
    use: {
      share: there > 0 ? Math.min(1, held / there) : null,
      heldSeconds: held / 1_000,
      resourceSeconds: there / 1_000,
    },
    loans: { started, ended: only(ended, ENDINGS) },
    waits: { waited, ...timesOf(waits), unserved: only(unserved, UNSERVED) },
    returns: { count: returns?.count ?? 0, ...timesOf(returns), levels },
    failures: {
      cleanings: figures.failedCleanings,
      calls: figures.failedCalls,
      quarantines: figures.quarantined,
      lostLeases: figures.lost,
    },
  };
}

function timesOf(times: Times | null) {
  const inSeconds = (ms: number | undefined) => (ms === undefined ? null : ms / 1_000);
  return {
    p50Seconds: inSeconds(times?.p50),
    p95Seconds: inSeconds(times?.p95),
    maxSeconds: inSeconds(times?.most),
  };
}

function only<K extends string, N extends K>(sums: Record<K, number>, names: readonly N[]) {
  return Object.fromEntries(names.map((name) => [name, sums[name]])) as Record<N, number>;
}
