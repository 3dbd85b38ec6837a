import { Dice as PlainDice } from '../../../bench/dice';

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

/** Chance that can be had again. */
export class Dice extends PlainDice {
  /** Of SOAK_SEED, or of this moment; printed, so that a failure can be seen again. */
  static thrown(what: string): Dice {
    const seed = size('SEED', Date.now() % 1_000_000_007);
    say(`${what}: SOAK_SEED=${seed}`);
    return new Dice(seed);
  }
}

/** A pause that is part of what is tested, not a wait for something. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
