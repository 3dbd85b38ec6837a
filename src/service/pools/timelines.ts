import { DomainError } from '../../domain/errors';
import type { Principal } from '../../domain/people/user';
import {
  historyByResource,
  historyOf,
  spansOf,
  type LaneResource,
  type Span,
  type Window,
} from '../../domain/timeline/spans';
import type { Engine } from '../engine';
import { PoolLoans, seenBy, type SeenPerson, type SeenRequest } from './pool-loans';

const HOUR = 3_600_000;
/** How much is shown unless the caller says; ms. */
const BACK = 6 * HOUR;
const LENGTH = 24 * HOUR;
const LONGEST = 31 * 24 * HOUR;
/** The most requests that are shown behind the lanes. */
const MOST_REQUESTS = 20;

/** A span as a caller may see it; only a lease has somebody who holds it. */
export interface SeenSpan extends Omit<Span, 'loan'> {
  seen: SeenPerson | null;
}

/** The spans of one resource. */
export interface Lane {
  resource: Pick<LaneResource, 'id' | 'name' | 'type' | 'status'>;
  spans: SeenSpan[];
}

/** The lanes of a pool, and the requests that wait for it; times in epoch ms. */
export interface Timeline extends Window {
  pool: string;
  now: number;
  lanes: Lane[];
  /** How many further resources the pool has. */
  leftOut: number;
  requests: SeenRequest[];
  /** Are there more requests? */
  moreRequests: boolean;
}

/** The window that a caller wants to see; times in epoch ms. */
export interface TimelineQuery extends Partial<Window> {
  /** The most resources. */
  limit: number;
}

/** Shows who has the resources of a pool, and when. */
export class Timelines {
  constructor(private readonly engine: Engine) {}

  /**
   * Gives the first resources of a pool with what they are busy with in a window: by default, from
   * six hours ago for a day. Names are shown as in lists of holders. Errors: `not_found`; `invalid`
   * with the field `until` if the window is empty, or longer than 31 days.
   */
  async of(principal: Principal, name: string, query: TimelineQuery): Promise<Timeline> {
    const { store } = this.engine;
    const loans = new PoolLoans(this.engine);
    const pool = await loans.find(name);
    const now = store.now();
    const window = windowOf(query, now);
    const { limit } = query;
    const { resources, total } = await store.read.laneResources(pool.id, limit);
    const [history, queue] = await Promise.all([
      store.read.laneHistory(historyOf(resources), window, now),
      loans.queue(principal, name, { after: null, limit: MOST_REQUESTS }),
    ]);
    const historyOfResource = historyByResource(history);
    const lanes = resources.map((resource) => {
      const { id, name: called, type, status } = resource;
      const spans = spansOf(resource, historyOfResource(id), window).map(({ loan, ...span }) => ({
        ...span,
        seen: loan && seenBy(principal, pool, loan),
      }));
      return { resource: { id, name: called, type, status }, spans };
    });
    return {
      pool: pool.name,
      now,
      ...window,
      lanes,
      leftOut: Math.max(0, total - lanes.length),
      requests: queue.requests,
      moreRequests: queue.next !== null,
    };
  }
}

function windowOf({ since, until }: Partial<Window>, now: number): Window {
  const from = since ?? (until === undefined ? now - BACK : until - LENGTH);
  const to = until ?? from + LENGTH;
  if (to <= from) throw new DomainError('invalid', 'until: must be after since', 'until');
  if (to - from > LONGEST)
    throw new DomainError('invalid', 'until: must be at most 31 days after since', 'until');
  return { since: from, until: to };
}
