import { percentile } from '../result';
import { windowAt, type Plan } from './plan';

/** Most faults that are told in words; what comes after them is counted. */
const TOLD = 50;

/** What was measured and what went wrong. */
export class Book {
  readonly faults: string[] = [];
  faultCount = 0;
  /** Answers 503 `busy`, which the server may give, by route. */
  readonly busy = new Map<string, number>();
  calls = 0;
  private readonly begun = performance.now();
  private readonly times: Map<string, number[]>[];

  constructor(private readonly plan: Plan) {
    this.times = Array.from({ length: plan.windows }, () => new Map<string, number[]>());
  }

  /** ms since the load began. */
  now(): number {
    return performance.now() - this.begun;
  }

  /** The window of this moment; -1: the warm-up. */
  window(): number {
    return windowAt(this.plan, this.now());
  }

  /** An answer that took so long, in ms. */
  answered(route: string, ms: number): void {
    this.calls += 1;
    const times = this.times[this.window()];
    if (!times) return;
    const known = times.get(route);
    if (known) known.push(ms);
    else times.set(route, [ms]);
  }

  wasBusy(route: string): void {
    this.busy.set(route, (this.busy.get(route) ?? 0) + 1);
  }

  fault(what: string): void {
    this.faultCount += 1;
    if (this.faults.length < TOLD) this.faults.push(`${(this.now() / 1000).toFixed(1)} s: ${what}`);
  }

  routes(): string[] {
    return [...new Set(this.times.flatMap((times) => [...times.keys()]))].sort();
  }

  /** Times in ms of one route in one window, or of all routes whose answers are not held. */
  sample(window: number, route?: string): number[] {
    const times = this.times[window]!;
    if (route !== undefined) return times.get(route) ?? [];
    return [...times].filter(([name]) => !isHeld(name)).flatMap(([, sample]) => sample);
  }

  p99(window: number, route?: string): number {
    return percentile(this.sample(window, route), 0.99);
  }
}

/**
 * An answer that the server holds until something happens takes as long as that: its time says
 * nothing of the server.
 */
export function isHeld(route: string): boolean {
  return route.endsWith('?wait');
}
