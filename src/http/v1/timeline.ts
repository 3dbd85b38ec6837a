import { z } from 'zod';
import { timeline as timelineBody, timelineQuery, type TimelineAnswer } from '../../api/timeline';
import type { SeenSpan, Timeline } from '../../service/pools/timelines';
import { instantOf } from '../instants';
import { route, type Route } from '../route';
import { personOf, requestOf } from './pool-loans';
import { pictureOf } from './timeline-picture';

const params = z.object({ name: z.string().min(1).max(63).describe('The name of the pool.') });

/** Nothing in the picture runs or loads anything, even if a browser shows it by itself. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; sandbox";

/** The timeline of a pool. */
export const timelineRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/pools/{name}/timeline',
    operationId: 'getPoolTimeline',
    summary: 'Show who has the resources of a pool and when, if it shares that, and who waits',
    access: 'read',
    params,
    query: timelineQuery,
    answers: { 200: { description: 'A lane for each resource.', body: timelineBody } },
    errors: ['invalid', 'not_found'],
    handle: async ({ services, params: { name }, query, principal }) => ({
      status: 200,
      body: answerOf(await services.timelines.of(principal, name, query)),
    }),
  }),
  route({
    method: 'get',
    path: '/v1/pools/{name}/timeline.svg',
    operationId: 'drawPoolTimeline',
    summary: 'The same as a picture',
    access: 'read',
    params,
    query: timelineQuery,
    answers: {
      200: { description: 'A picture, light or dark as its reader.', types: ['image/svg+xml'] },
    },
    errors: ['invalid', 'not_found'],
    handle: async ({ services, params: { name }, query, principal }) => ({
      status: 200,
      text: pictureOf(await services.timelines.of(principal, name, query)),
      headers: {
        'Content-Type': 'image/svg+xml; charset=utf-8',
        'Content-Security-Policy': POLICY,
        'X-Content-Type-Options': 'nosniff',
        'Cache-Control': 'private, no-cache',
      },
    }),
  }),
];

function answerOf({ lanes, requests, moreRequests, ...rest }: Timeline): TimelineAnswer {
  const { pool, now, since, until, leftOut } = rest;
  return {
    pool,
    now: instantOf(now),
    since: instantOf(since),
    until: instantOf(until),
    lanes: lanes.map(({ resource, spans }) => ({ resource, spans: spans.map(spanOf) })),
    leftOut,
    queue: requests.map(requestOf),
    moreQueued: moreRequests,
  };
}

function spanOf({ kind, from, to, seen }: SeenSpan): TimelineAnswer['lanes'][number]['spans'][0] {
  return {
    kind,
    from: instantOf(from),
    to: instantOf(to),
    holder: seen && personOf(seen),
    reservationId: seen?.reservationId ?? null,
    mine: seen?.isOwn ?? false,
  };
}
