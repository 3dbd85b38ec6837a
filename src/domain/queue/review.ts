import type { Change } from '../change';
import { park } from '../loans/granting';
import { ask, type Loading } from '../query';
import { loadOutlooks } from './outlook-loading';
import { queuedRequestOf } from './request-loading';
import type { Candidate, QueuedRequest } from './queues';
import type { Outlooks } from './absent';
import { completeAt } from './outlook';

/** A queued request that holds something, or is parked. */
export interface ReviewSnapshot {
  request: QueuedRequest;
  held: (Candidate & { heldUntil: number | null })[];
  outlooks: Outlooks;
}

/** Loads a request with all that decides when it can be served; null if it is not queued. */
export function* loadReview(id: string, now: number): Loading<ReviewSnapshot | null> {
  const reservation = yield* ask({ ask: 'reservation', id });
  if (reservation?.status !== 'queued') return null;
  const request = queuedRequestOf((yield* ask({ ask: 'queued', ids: [id] }))[0]!);
  const held = (yield* ask({ ask: 'heldResources', reservationId: id })).map((resource) => ({
    ...resource,
    resourceId: resource.id,
  }));
  const outlooks = yield* loadOutlooks([request], { available: [], freed: [] }, now);
  return { request, held, outlooks };
}

/**
 * Looks at a request that holds something or is parked, again: it is parked once something that it
 * lacks cannot come by itself, and no longer once everything can. The time until which its holds may
 * be lent is brought forward when everything comes sooner, and set anew when it has passed; it is
 * never put off, so that what was expected of it by others still holds.
 */
export function review({ request, held, outlooks }: ReviewSnapshot, now: number): Change[] {
  const { reservationId, parked, items } = request;
  const lacking = items.map(({ missing }) => missing);
  const at = completeAt(request, lacking, outlooks, () => 0, now);
  if (at === null) {
    if (held.length === 0) return parked ? [] : park(reservationId, []);
    const count = (item: number) => held.filter(({ heldItem }) => heldItem === item).length;
    const ofClass = (id: number) => held.filter(({ classId }) => classId === id).length;
    const all = lacking.map((missing, item) => missing + count(item));
    // Perhaps its holds only stand with the wrong items: without them it begins anew.
    return park(reservationId, held, completeAt(request, all, outlooks, ofClass, now) === null);
  }
  const until = at > now ? at : null;
  return [
    ...(parked ? [{ do: 'setParked', reservationId, parked: false } as const] : []),
    ...held
      .filter(({ heldUntil }) => isOutdated(heldUntil, until, now))
      .map(({ resourceId }): Change => ({
        do: 'setResource',
        id: resourceId,
        set: { heldUntil: until },
      })),
  ];
}

function isOutdated(known: number | null, until: number | null, now: number): boolean {
  if (known === until) return false;
  return known === null || until === null || until < known || known <= now;
}
