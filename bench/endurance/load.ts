import { setTimeout as pause } from 'node:timers/promises';
import type { Dice } from '../dice';
import type { Borrower } from './borrower';
import type { Book } from './book';
import { GaveUp, type Caller } from './caller';
import { lengthOf, type Plan } from './plan';
import { SCENARIOS, type Scenario } from './scenarios';

/** How often it is looked whether somebody is due, in ms. */
const TICK = 5;
/** So many at once mean that the server does not keep up; to go on would measure nothing. */
const TOO_MANY = 3_000;
/** So many faults mean that it is down. */
const HOPELESS = 500;

/**
 * Those who arrive, at a rate that does not ask how the server does: only so does its slowness show
 * in the times.
 */
export class Load {
  readonly met = new Map<string, number>();
  readonly gaveUp = new Map<string, number>();
  private readonly present = new Set<Promise<void>>();
  private readonly tickets: string[];

  constructor(
    private readonly plan: Plan,
    private readonly book: Book,
    private readonly dice: Dice,
    private readonly borrowers: Borrower[],
    private readonly admin: Caller,
  ) {
    this.tickets = Object.entries(SCENARIOS).flatMap(([name, [weight]]) =>
      Array<string>(weight).fill(name),
    );
  }

  get under(): number {
    return this.present.size;
  }

  /** Resolves when the last one has gone. Throws where the server is overrun or down. */
  async run(): Promise<void> {
    const begun = performance.now();
    const count = Math.floor((lengthOf(this.plan) / 1000) * this.plan.rate);
    for (let arrived = 0; arrived < count;) {
      const now = performance.now();
      for (; arrived < count && begun + (arrived * 1000) / this.plan.rate <= now; arrived += 1)
        this.arrive(begun + (arrived * 1000) / this.plan.rate);
      if (this.under > TOO_MANY || this.book.faultCount > HOPELESS)
        throw new Error(
          `${this.under} callers are there at once, and ${this.book.faultCount} faults: ` +
            `the run is broken off.\n${this.book.faults.join('\n')}`,
        );
      await pause(TICK);
    }
    await Promise.all(this.present);
  }

  private arrive(due: number): void {
    const name = this.dice.pick(this.tickets);
    this.met.set(name, (this.met.get(name) ?? 0) + 1);
    const going = this.go(name, SCENARIOS[name]![1], due).finally(() => this.present.delete(going));
    this.present.add(going);
  }

  private async go(name: string, scenario: Scenario, due: number): Promise<void> {
    try {
      await scenario(this.dice.pick(this.borrowers), due, this.admin);
    } catch (error) {
      if (!(error instanceof GaveUp)) return this.book.fault(`${name}: ${String(error)}`);
      this.gaveUp.set(name, (this.gaveUp.get(name) ?? 0) + 1);
    }
  }
}
