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

/** `none`: the driver opens nothing per holder. */
export type AccessState = 'none' | 'opening' | 'open';
