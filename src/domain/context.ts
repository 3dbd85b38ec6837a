/**
 * Everything that a decision may know besides its snapshot: one reading of the clock, and injected
 * randomness.
 */
export interface DecisionContext {
  /** Epoch ms, read once after the transaction began. */
  readonly now: number;
  newId(): string;
  /** A number in [0, 1). */
  fraction(): number;
}
