import { Dice as PlainDice } from '../../../bench/dice';

/** A suite that runs only with `npm run soak`. */
export const soak = process.env.SOAK === '1' ? describe : describe.skip;

/** How many or how long; `SOAK_<name>` sets it. */
export function size(name: string, byDefault: number): number {
  const given = process.env[`SOAK_${name}`];
  return given === undefined ? byDefault : Number(given);
}

/** Reports a measurement to people. */
export function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Repeatable chance. */
export class Dice extends PlainDice {
  /** From SOAK_SEED, or from the time; printed, so that a failure can be repeated. */
  static thrown(what: string): Dice {
    const seed = size('SEED', Date.now() % 1_000_000_007);
    say(`${what}: SOAK_SEED=${seed}`);
    return new Dice(seed);
  }
}

/** A pause that is part of the test, not a wait for something. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
