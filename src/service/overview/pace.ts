/** How long after something was told it is told again at the earliest, in ms. */
const PAUSE = 500;
/** The times at which things are told again are multiples of this, in ms, so that they meet. */
const STEP = 250;

/** Says when things may be told again; the times that it takes are ms of one clock. */
export class Pace {
  private readonly again = new Map<string, number>();

  /** May it be told now? At once if it has not been for a while. */
  isDue(thing: string, now: number): boolean {
    return now >= (this.again.get(thing) ?? 0);
  }

  /** Things were told now; forgets those that may be told again. */
  told(things: Iterable<string>, now: number): void {
    for (const [thing, at] of this.again) if (at <= now) this.again.delete(thing);
    const next = Math.ceil((now + PAUSE) / STEP) * STEP;
    for (const thing of things) this.again.set(thing, next);
  }

  /** How long until the first of these may be told, in ms; null if there are none. */
  until(things: Iterable<string>, now: number): number | null {
    const times = [...things].map((thing) => Math.max(0, (this.again.get(thing) ?? 0) - now));
    return times.length > 0 ? Math.min(...times) : null;
  }
}
