import type { Change } from '../../src/domain/change';
import type { Pool } from '../../src/domain/pools/pool';
import type { Store } from '../../src/store/store';
import { aPool, aResource } from '../domain/support/objects';

export * from '../domain/support/objects';

/** The changes that make a pool, with a class for each of its types. */
export function makePool(fields: Partial<Pool> = {}): Change[] {
  const pool = aPool(fields);
  return [
    { do: 'createPool', pool },
    { do: 'addClasses', poolId: pool.id, types: pool.types.map(({ name }) => name) },
  ];
}

/** Applies changes as one decision. */
export function apply(store: Store, ...changes: Change[]): Promise<void> {
  return store.transact({ load: 'classes', classIds: [] }, () => ({ changes, value: undefined }));
}

/** A pool `pool` (p1) with one class (1) of three available resources r1, r2, r3. */
export function furnish(store: Store): Promise<void> {
  return apply(
    store,
    ...makePool(),
    ...['r1', 'r2', 'r3'].map((id): Change => ({ do: 'createResource', resource: aResource(id) })),
  );
}
