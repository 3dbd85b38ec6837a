/**
 * What a decision may know besides its snapshot: the one reading of the clock, and injected chance.
 */
export interface DecisionContext {
  /** Epoch ms, read once after the transaction began. */
  readonly now: number;
  newId(): string;
  /** A number in [0, 1). */
  fraction(): number;
}
