import { useRef } from 'preact/hooks';
import { holdfast, type Schemas } from '../../server/client';
import { ofPools, useRead, type Read } from '../../server/query';

export type Resource = Schemas['Resource'];
type Event = Schemas['Event'];
type Loan = Schemas['ReservationList']['items'][number];

/** A resource, and the loan that has it as far as the reader may see that. */
export interface FoundResource {
  resource: Resource;
  /** null: nobody has it, or somebody whom the reader may not know. */
  loan: Loan | null;
  /** The event that took it out of service; null: it is in service, or the reader may not know. */
  takenOut: Event | null;
}

/** Reads a resource by its id or name, and again when something in its pool has changed. */
export function useResource(id: string): Read<FoundResource> {
  const pool = useRef<string | null>(null);
  return useRead(
    `resource ${id}`,
    async (signal) => {
      const resource = await holdfast.resources.get(id, { signal });
      pool.current = resource.pool;
      const isLent = resource.status === 'allocated';
      const [loan, takenOut] = await Promise.all([
        isLent ? loanOf(resource, signal) : null,
        resource.adminState === 'in_service' ? null : takenOutBy(resource, signal),
      ]);
      return { resource, loan, takenOut };
    },
    (change) => ofPools(change) && (pool.current === null || change.pool === pool.current),
  );
}

/** The server shows admins all loans, and others their own. */
async function loanOf({ id, heldBy }: Resource, signal: AbortSignal): Promise<Loan | null> {
  const query = { resource: id, order: 'desc', limit: 10, signal } as const;
  const found = await Promise.all([
    holdfast.reservations.list({ ...query, status: 'active' }).page(),
    holdfast.reservations.list({ ...query, status: 'preparing' }).page(),
  ]);
  const loans = found.flatMap(({ items }) => items);
  return loans.find((loan) => !heldBy || loan.id === heldBy.reservationId) ?? null;
}

async function takenOutBy({ id }: Resource, signal: AbortSignal): Promise<Event | null> {
  const query = { resource: id, type: 'resource.admin_state', order: 'desc', limit: 1 } as const;
  const { items } = await holdfast.events.list({ ...query, signal }).page();
  return items[0] ?? null;
}
