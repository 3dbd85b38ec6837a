import type { Resource } from '../lifecycle/resource';

/** One resource bound to one reservation. */
export interface Allocation {
  id: string;
  resourceId: string;
  reservationId: string;
  item: number;
  /** The resource's generation while this allocation lives. */
  generation: number;
  access: AccessState;
  /** Sealed credentials made for this holder by `openAccess`. */
  sealedAccess: string | null;
  startedAt: number;
  endedAt: number | null;
}

/** An allocation's id says which loan of which resource it is: nobody needs to invent one. */
export function allocationId(resourceId: string, generation: number): string {
  return `${resourceId}.${generation}`;
}

/**
 * The id of the loan that a resource is in, or was in last: its end has raised the generation once.
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
