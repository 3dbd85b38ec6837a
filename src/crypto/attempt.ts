/**
 * One attempt to guess a secret, bounded by where it comes from. Only refused attempts count, from
 * the moment when they are refused.
 */
export interface Attempt {
  /** Its origin, an address say; work is shared fairly among origins. */
  from: string;
  /**
   * Lets the attempt begin. Asked when a call arrives and again when its turn has come, because
   * others may have been refused meanwhile. Errors: DomainError `rate_limited`.
   */
  admit(): void;
  /** Counts the attempt. */
  refused(): void;
}

/** An attempt that is not bounded, for callers within this process. */
export const UNBOUNDED: Attempt = { from: '', admit: () => {}, refused: () => {} };
