import { useEffect, useRef, useState } from 'preact/hooks';
import { onChange, type Change } from './overview';
import { isSignedOut } from './problems';
import { noteRefusal } from './session';

/** The outcome of reading something from the server. */
export interface Read<T> {
  /** undefined: not there yet. The last answer stays while it is read again. */
  data: T | undefined;
  /** Why the last attempt failed; null: it did not. */
  failure: unknown;
  /** Reads again now. */
  again: () => void;
}

/**
 * Reads at most once in this time, in ms, however much changes. The server tells a change within
 * half a second; with this and the read, it is seen within one.
 */
const REST = 300;

/**
 * Reads something from the server, and again whenever a change concerns it. It is another thing, and
 * is read at once, when `key` changes. `concerns`: by default, every change does.
 */
export function useRead<T>(
  key: string,
  read: (signal: AbortSignal) => Promise<T>,
  concerns: (change: Exclude<Change, null>) => boolean = () => true,
): Read<T> {
  const [state, setState] = useState<{ key: string; data?: T; failure: unknown }>({
    key,
    failure: null,
  });
  const again = useRef<() => void>(() => undefined);
  useEffect(() => {
    const reader = new Reader(read, (outcome) =>
      setState((before) => ({
        key,
        // A failure leaves what was there.
        data: 'data' in outcome ? outcome.data : before.key === key ? before.data : undefined,
        failure: 'failure' in outcome ? outcome.failure : null,
      })),
    );
    again.current = () => reader.soon(0);
    reader.soon(0);
    const end = onChange((change) => {
      if (change === null || concerns(change)) reader.soon(REST);
    });
    return () => {
      end();
      reader.end();
    };
  }, [key]);
  const isOurs = state.key === key;
  return {
    data: isOurs ? state.data : undefined,
    failure: isOurs ? state.failure : null,
    again: () => again.current(),
  };
}

type Outcome<T> = { data: T } | { failure: unknown };

/** Reads one at a time; what is asked for meanwhile is read once more afterwards. */
class Reader<T> {
  private readonly over = new AbortController();
  private timer: number | undefined;
  private isBusy = false;
  private isWanted = false;
  private last = -Infinity;

  constructor(
    private readonly read: (signal: AbortSignal) => Promise<T>,
    private readonly show: (outcome: Outcome<T>) => void,
  ) {}

  /** Reads once `rest` ms have passed since the last time. */
  soon(rest: number): void {
    if (this.isBusy) this.isWanted = true;
    else if (rest === 0 || this.timer === undefined) {
      clearTimeout(this.timer);
      this.timer = setTimeout(() => void this.now(), this.last + rest - performance.now());
    }
  }

  end(): void {
    clearTimeout(this.timer);
    this.over.abort();
  }

  private async now(): Promise<void> {
    this.timer = undefined;
    this.isBusy = true;
    this.isWanted = false;
    const outcome = await this.read(this.over.signal).then(
      (data) => ({ data }),
      (failure: unknown) => ({ failure }),
    );
    this.isBusy = false;
    this.last = performance.now();
    if (this.over.signal.aborted) return;
    if ('failure' in outcome) noteRefusal(outcome.failure);
    if (!('failure' in outcome && isSignedOut(outcome.failure))) this.show(outcome);
    if (this.isWanted) this.soon(REST);
  }
}

/** Does a change concern this pool? */
export function ofPool(name: string) {
  return (change: Exclude<Change, null>): boolean => 'pool' in change && change.pool === name;
}

/** Does a change concern anything in a pool? */
export function ofPools(change: Exclude<Change, null>): change is { pool: string } {
  return 'pool' in change;
}

/** Does a change concern facts whose type begins so, such as `user.`? */
export function ofTypes(...prefixes: string[]) {
  return (change: Exclude<Change, null>): boolean =>
    'types' in change &&
    change.types.some((type) => prefixes.some((prefix) => type.startsWith(prefix)));
}
