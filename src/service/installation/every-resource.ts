import type { Decision } from '../../domain/change';
import type { DecisionContext } from '../../domain/context';
import type { StartupSnapshot } from '../../domain/lifecycle/recovery';
import { contextOf, type Engine } from '../engine';

/** Resources handled in one transaction: a few milliseconds' worth. */
const BATCH = 500;

/** How many entries a page held, and the id of the last; null: it was empty. */
interface Seen {
  seen: number;
  last: string | null;
}

/**
 * Decides on all resources, or (`startup`) on the available ones, page by page, in a transaction
 * each. Returns how many it saw.
 */
export async function everyResource(
  engine: Engine,
  load: 'startup' | 'restored',
  decide: (snapshot: StartupSnapshot, context: DecisionContext) => Decision<number>,
): Promise<number> {
  let after: string | null = null;
  for (let total = 0; ;) {
    const page: Seen = await engine.store.transact(
      { load, after, limit: BATCH },
      (snapshot, now) => {
        const { changes, value } = decide(snapshot, contextOf(engine, now));
        return { changes, value: { seen: value, last: snapshot.resources.at(-1)?.id ?? null } };
      },
    );
    total += page.seen;
    after = page.last;
    if (page.seen < BATCH) return total;
  }
}
