import { holdfast, type Schemas } from '../../server/client';
import { noteServerTime } from '../../parts/now-signal';

type Reservation = Schemas['Reservation'];
export type HeldResource = Omit<Reservation['resources'][number], 'credentials'> & {
  /** May the reader see its credentials now? */
  hasCredentials: boolean;
};

/** A reservation as the page keeps it: without its credentials, which only `Credentials` reads. */
export interface Loan extends Omit<Reservation, 'resources'> {
  resources: readonly HeldResource[];
  /** How far the clock of the server is ahead of this machine's, in ms. */
  ahead: number;
}

/** Reads a reservation, and drops its credentials. Errors: those of the call. */
export async function readLoan(id: string, signal: AbortSignal): Promise<Loan> {
  const found = await holdfast.reservations.get(id, { expand: 'events', signal });
  noteServerTime(found.asOf);
  const resources = found.resources.map(({ credentials, ...resource }) => ({
    ...resource,
    hasCredentials: credentials !== null,
  }));
  return { ...found, resources, ahead: Date.parse(found.asOf) - Date.now() };
}

/** Does it still wait for what it asks for? */
export function isPending({ status }: Pick<Loan, 'status'>): boolean {
  return status === 'queued' || status === 'preparing';
}

/** The notice of a pool that names none, in ms, unless a tenth of the lease is less. */
const LONGEST_NOTICE = 300_000;

/**
 * When the page begins to warn of the end (epoch ms by the server's clock); null: never. `notices`:
 * those of the pools, in seconds, as far as they name one.
 */
export function warningAt(
  { status, startsAt, endsAt }: Pick<Loan, 'status' | 'startsAt' | 'endsAt'>,
  notices: readonly number[],
): number | null {
  if (status !== 'active' || startsAt === null || endsAt === null) return null;
  const end = Date.parse(endsAt);
  const length = end - Date.parse(startsAt);
  const before = notices.length > 0 ? Math.max(...notices) * 1_000 : LONGEST_NOTICE;
  return end - (notices.length > 0 ? Math.min(before, length) : Math.min(before, length / 10));
}
