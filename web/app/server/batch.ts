import { signal } from '@preact/signals';
import { ProblemError } from '../../../src/client';
import { messageOf } from './problems';
import { noteRefusal } from './session';

/** How far it is. */
export interface BatchState {
  total: number;
  done: number;
  failed: number;
  phase: 'ready' | 'running' | 'stopped' | 'over';
}

/** One call for each of many things, a few at a time. */
export class Batch<T> {
  readonly state;
  readonly done: T[] = [];
  readonly failed: { item: T; why: string }[] = [];
  private readonly waiting: T[];
  private readonly stopping = new AbortController();

  /** `act`: the call. */
  constructor(
    items: readonly T[],
    private readonly act: (item: T) => Promise<unknown>,
  ) {
    this.waiting = [...items].reverse();
    this.state = signal<BatchState>({ total: items.length, done: 0, failed: 0, phase: 'ready' });
  }

  /** Calls for each; a failure is noted, and the rest goes on. Resolves when all calls are over. */
  async run(): Promise<void> {
    this.note({ phase: 'running' });
    await Promise.all(Array.from({ length: AT_ONCE }, () => this.runLane()));
    this.note({ phase: this.stopping.signal.aborted ? 'stopped' : 'over' });
  }

  /** Begins no further call. */
  stop(): void {
    this.stopping.abort();
  }

  private async runLane(): Promise<void> {
    while (this.waiting.length > 0 && !this.stopping.signal.aborted)
      await this.actOn(this.waiting.pop()!);
  }

  private async actOn(item: T): Promise<void> {
    try {
      await this.act(item);
      this.done.push(item);
    } catch (error) {
      noteRefusal(error);
      const pause = error instanceof ProblemError ? error.retryAfter : undefined;
      // The server takes so many calls a minute; it says when it takes more.
      if (pause !== undefined) return this.later(item, pause);
      this.failed.push({ item, why: messageOf(error) });
    }
    this.note({ done: this.done.length, failed: this.failed.length });
  }

  private async later(item: T, ms: number): Promise<void> {
    this.waiting.push(item);
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, ms);
      const end = () => (clearTimeout(timer), resolve());
      this.stopping.signal.addEventListener('abort', end, { once: true });
    });
  }

  private note(changes: Partial<BatchState>): void {
    this.state.value = { ...this.state.value, ...changes };
  }
}

const AT_ONCE = 6;
