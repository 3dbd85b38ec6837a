/** A suite that runs with `npm run soak` only. */
export const soak = process.env.SOAK === '1' ? describe : describe.skip;

/** How many or how long; `SOAK_<name>` sets it. */
export function size(name: string, byDefault: number): number {
  const given = process.env[`SOAK_${name}`];
  return given === undefined ? byDefault : Number(given);
}

/** Tells people what was measured. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Chance that can be had again: numbers in [0, 1) from a seed (mulberry32). */
export class Dice {
  private state: number;

  constructor(readonly seed: number) {
    this.state = seed >>> 0;
  }

  /** Of SOAK_SEED, or of this moment; printed, so that a failure can be seen again. */
  static thrown(what: string): Dice {
    const seed = size('SEED', Date.now() % 1_000_000_007);
    say(`${what}: SOAK_SEED=${seed}`);
    return new Dice(seed);
  }

  fraction(): number {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(this.state ^ (this.state >>> 15), this.state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number in [least, most]. */
  between(least: number, most: number): number {
    return least + Math.floor(this.fraction() * (most - least + 1));
  }

  pick<T>(list: readonly T[]): T {
    return list[this.between(0, list.length - 1)]!;
  }
}

/** A pause that is part of what is tested, not a wait for something. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
