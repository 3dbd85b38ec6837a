import { setImmediate as turn } from 'node:timers/promises';
import { LRUCache } from 'lru-cache';
import type { Engine } from '../service/engine';
import type { Reads } from '../store/reads';

/** The most entries of a list in an API that knows no pages. */
export const MOST_LISTED = 10_000;
/** How many entries are read or shown before other calls get their turn. */
export const SLICE = 100;

/** A snapshot serves no longer than this without a change, in ms: some changes are no events. */
const FRESH = 1_000;
/** One that took this thread longer than this, in ms, serves for a while even if something changed. */
const QUICK = 50;
/** For how many times the time that it took, and for how many ms at most. */
const WORTH = 20;
const LONGEST = 5_000;

interface Made<T> {
  value: T;
  version: number;
  /** When it was begun: in epoch ms, and by the clock of the process. */
  at: number;
  begun: number;
  /** How long the thread was at work meanwhile, in ms; not how long it waited for a processor. */
  took: number;
}

/**
 * One snapshot for all callers of a moment. While it is quickly made, it is made again after each
 * change; a slow one serves longer, so that making it takes a twentieth of the time at most.
 */
class Shared<T> {
  private latest: Made<T> | null = null;
  private underWay: Promise<T> | null = null;
  private next: Promise<T> | null = null;

  constructor(
    private readonly engine: Engine,
    private readonly make: () => Promise<T>,
  ) {}

  async get(): Promise<T> {
    const version = await this.engine.store.read.lastSeq();
    const now = this.engine.store.now();
    if (this.latest && serves(this.latest, version, now)) return this.latest.value;
    if (!this.underWay) return this.begin(version);
    // The one under way may have been begun before a change that this caller knows of.
    this.next ??= this.underWay.then(
      () => this.again(),
      () => this.again(),
    );
    return this.next;
  }

  private async again(): Promise<T> {
    this.next = null;
    return this.get();
  }

  private begin(version: number): Promise<T> {
    const at = this.engine.store.now();
    const begun = performance.now();
    const worked = workDone();
    const made = this.make().then((value) => {
      this.latest = { value, version, at, begun, took: workDone() - worked };
      return value;
    });
    this.underWay = made.finally(() => (this.underWay = null));
    // Its callers hear of a failure by `made`.
    this.underWay.catch(() => undefined);
    return this.underWay;
  }
}

/** The time that this thread has had a processor, in ms; that of the process in older Nodes. */
function workDone(): number {
  const { user, system } = process.threadCpuUsage?.() ?? process.cpuUsage();
  return (user + system) / 1_000;
}

function serves(made: Made<unknown>, present: number, now: number): boolean {
  const { took, version } = made;
  // The time of the service may stand still or be far ahead; that of the process passes.
  const age = Math.max(now - made.at, performance.now() - made.begun);
  const isSame = version === present && age < FRESH;
  return isSame || (took > QUICK && age < Math.min(LONGEST, WORTH * took));
}

/** By the reads of a store: each call has an engine of its own. */
const snapshots = new WeakMap<Reads, Map<string, Shared<unknown>>>();

/** Returns the snapshot of this name, made by `make` unless one serves. Errors: those of `make`. */
export function shared<T>(engine: Engine, name: string, make: () => Promise<T>): Promise<T> {
  const { read } = engine.store;
  const ofStore = snapshots.get(read) ?? new Map<string, Shared<unknown>>();
  snapshots.set(read, ofStore);
  const known = ofStore.get(name) ?? new Shared(engine, make);
  ofStore.set(name, known);
  return known.get() as Promise<T>;
}

const bodies = new WeakMap<object, LRUCache<string, object>>();
const MOST_BODIES = 20;

/**
 * Returns the body that shows a part of a snapshot; the same object for all who ask for that part.
 */
export function sharedBody<T extends object>(snapshot: object, part: string, make: () => T): T {
  const known = bodies.get(snapshot) ?? new LRUCache<string, object>({ max: MOST_BODIES });
  bodies.set(snapshot, known);
  const body = known.get(part) ?? make();
  known.set(part, body);
  return body as T;
}

/** The link to the rest of a list (RFC 8288), after its last entry; no header where nothing is left. */
export function linkToMore(path: string, after: string | number | null): Record<string, string> {
  if (after === null) return {};
  return { Link: `<${path}?after=${encodeURIComponent(after)}>; rel="next"` };
}

/** Gives the event loop to other calls after every slice of entries; the list stays in order. */
export async function inSlices<T, R>(
  entries: readonly T[],
  each: (entry: T) => R | Promise<R>,
): Promise<R[]> {
  const results: R[] = [];
  for (const entry of entries) {
    results.push(await each(entry));
    if (results.length % SLICE === 0) await turn();
  }
  return results;
}

/**
 * Reads a list page by page up to `MOST_LISTED` entries. `read` gives at most so many entries after
 * the last one; `more` says whether the list goes on.
 */
export async function readListed<T>(
  read: (last: T | undefined, limit: number) => Promise<T[]>,
): Promise<{ found: T[]; more: boolean }> {
  const found: T[] = [];
  for (;;) {
    const page = await read(found.at(-1), SLICE);
    found.push(...page);
    if (page.length < SLICE) return { found, more: false };
    if (found.length >= MOST_LISTED)
      return { found, more: (await read(found.at(-1), 1)).length > 0 };
    await turn();
  }
}
