import type { NewReservation, ReservationChangeBody } from '../../api/new-reservation';
import { reservation, type ReservationAnswer } from '../../api/reservation';
import { reservationSummary, type Expansion } from '../../api/reservation-list';
import type { WaitingItemAnswer } from '../../api/waiting-item';
import type { ReservationChange } from '../../domain/loans/note';
import type { Principal } from '../../domain/people/user';
import type { WaitingItem } from '../../domain/queue/reasons';
import { eventAnswer } from '../../service/events/event-answer';
import type { ReservationRequest } from '../../service/loans/reservations';
import type { ReservationView, ResourceOfReservation } from '../../service/loans/views';
import type { Services } from '../../service/services';
import { instantOf } from '../instants';
import { present, renderer } from '../render';

/** Renders one reservation of a list. */
export const renderSummary = renderer(reservationSummary);

const renderWhole = renderer(reservation);

/** Renders why an item waits. */
export function waitingOf({ because, ...item }: WaitingItem): WaitingItemAnswer {
  return {
    ...item,
    because: because.map(({ reason, count, until }) => ({
      reason,
      count,
      ...(until === null ? {} : { until: instantOf(until) }),
    })),
  };
}

/** Renders a reservation with its resources. */
export function answerOf(view: ReservationView): ReservationAnswer {
  const later = { waiting: undefined, events: undefined };
  return renderWhole({ ...view, ...later, resources: view.resources.map(heldOf) });
}

function heldOf({
  resource,
  pool,
  item,
  generation,
  details,
  credentials,
  rotates,
  simulated,
}: ResourceOfReservation): ReservationAnswer['resources'][number] {
  const { id: resourceId, name, kind, type } = resource;
  return {
    id: resourceId,
    name,
    pool,
    kind,
    type,
    simulated,
    item,
    generation,
    details: present(details),
    credentials: credentials && present(credentials),
    rotates,
  };
}

/** Finds the events of reservations that a caller asks for by `expand`; renders those of one. */
export async function eventsWith(
  expand: ReadonlySet<Expansion> | undefined,
  { events }: Services,
  principal: Principal,
  ids: readonly string[],
): Promise<(id: string) => Pick<ReservationAnswer, 'events'>> {
  if (!expand?.has('events')) return () => ({});
  const found = await events.ofReservations(principal, ids);
  return (id) => ({ events: found.get(id)!.map(eventAnswer) });
}

/** The request that a body makes; durations in ms. */
export function requestOf(body: NewReservation): ReservationRequest {
  const { durationSeconds, queueTimeoutSeconds, heartbeatSeconds, ...rest } = body;
  const request: ReservationRequest = rest;
  if (durationSeconds !== undefined)
    request.duration = durationSeconds === null ? null : durationSeconds * 1000;
  if (heartbeatSeconds !== undefined) request.heartbeat = heartbeatSeconds * 1000;
  if (queueTimeoutSeconds !== undefined) request.queueTimeout = queueTimeoutSeconds * 1000;
  return request;
}

/** The change that a body asks for; durations in ms. */
export function changeOf({ extendSeconds, note }: ReservationChangeBody): ReservationChange {
  return { extension: extendSeconds === undefined ? undefined : extendSeconds * 1000, note };
}
