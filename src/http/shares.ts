/** Places that are taken for a while: at most so many in all, and at most so many by one taker. */
export class Shares {
  private readonly taken = new Map<string, number>();
  private total = 0;

  constructor(
    private readonly most = Infinity,
    private readonly byOne = Infinity,
  ) {}

  /** How many places a taker has. */
  of(taker: string): number {
    return this.taken.get(taker) ?? 0;
  }

  /**
   * Takes a place; returns how to leave it, which works once, or null if none is left for the
   * taker.
   */
  take(taker: string): (() => void) | null {
    if (this.total >= this.most || this.of(taker) >= this.byOne) return null;
    this.change(taker, 1);
    let isHere = true;
    return () => {
      if (isHere) this.change(taker, -1);
      isHere = false;
    };
  }

  private change(taker: string, by: 1 | -1): void {
    const count = this.of(taker) + by;
    this.total += by;
    if (count === 0) this.taken.delete(taker);
    else this.taken.set(taker, count);
  }
}
