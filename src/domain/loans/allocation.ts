import type { Resource } from '../lifecycle/resource';

/** A resource lent to a reservation. */
export interface Allocation {
  id: string;
  resourceId: string;
  reservationId: string;
  item: number;
  /** The generation of the resource during this allocation. */
  generation: number;
  access: AccessState;
  /** The sealed credentials that `openAccess` made for this holder. */
  sealedAccess: string | null;
  startedAt: number;
  endedAt: number | null;
}

/**
 * The id of an allocation follows from its resource and generation, so none has to be generated.
 */
export function allocationId(resourceId: string, generation: number): string {
  return `${resourceId}.${generation}`;
}

/**
 * The id of the current allocation of a resource, or of its last one, whose end raised the
 * generation by one.
 */
export function latestAllocationId({
  id,
  status,
  generation,
}: Pick<Resource, 'id' | 'status' | 'generation'>): string {
  return allocationId(id, status === 'allocated' ? generation : generation - 1);
}

/** `none`: the driver opens nothing per holder. */
export type AccessState = 'none' | 'opening' | 'open';
