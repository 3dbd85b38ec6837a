/** The clock, ids and randomness of a decision. It knows nothing else besides its snapshot. */
export interface DecisionContext {
  /** Epoch ms, read once after the transaction began. */
  readonly now: number;
  newId(): string;
  /** A number in [0, 1). */
  fraction(): number;
}
