/** A moment, and the last one before it at which callers could be heard; epoch ms. */
export interface Instant {
  readonly now: number;
  /**
   * A deadline that asks for a sign of life has passed only if it had come by then; `now` by
   * default. See hearing.ts.
   */
  readonly heard?: number;
}

/** The clock, ids and randomness of a decision. It knows nothing else besides its snapshot. */
export interface DecisionContext extends Instant {
  /** Epoch ms, read once after the transaction began. */
  readonly now: number;
  newId(): string;
  /** A number in [0, 1). */
  fraction(): number;
  /** The version of the software, for records. */
  readonly version?: string;
}
