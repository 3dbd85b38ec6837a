import type { EventAnswer } from '../../api/events';
import type { FoundEvent } from '../../store/reads';

/** Shows an event as the API does, in a list, in a stream and to a webhook. */
export function eventAnswer(event: FoundEvent): EventAnswer {
  const { seq, at, type, requestId, traceparent, address, data, changed } = event;
  return {
    seq,
    at: new Date(at).toISOString(),
    type,
    actor: actorOf(event),
    requestId,
    traceparent,
    address,
    pool: thingOf(event.poolId, event.pool),
    resource: thingOf(event.resourceId, event.resource),
    reservation: event.reservationId,
    user: event.userId,
    data,
    changed,
  };
}

function actorOf({ actorKind, actorId, actorName, actorToken }: FoundEvent): EventAnswer['actor'] {
  if (actorKind === null) return null;
  return { kind: actorKind, id: actorId ?? '', name: actorName ?? '', token: actorToken };
}

function thingOf(
  id: string | null,
  name: string | null,
): { id: string; name: string | null } | null {
  return id === null ? null : { id, name };
}
