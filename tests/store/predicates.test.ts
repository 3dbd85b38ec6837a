import { join } from 'node:path';
import {
  ADMIN_STATES,
  isAvailable,
  RESOURCE_STATUSES,
  type Resource,
} from '../../src/domain/lifecycle/resource';
import { staysIn } from '../../src/domain/pools/sizing';
import { isLeaving } from '../../src/domain/queue/matching';
import { countStates } from '../../src/service/loans/views';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store';
import type { Store } from '../../src/store/store';
import { makeDatabase } from '../helpers/database';
import { temporaryDirectory, TestClock } from '../helpers/engine';
import { load } from '../contracts/store-changes';
import { apply, aReservation, aResource, anEntry, makePool } from './rows';

/** Predicates that SQL has to say once more, held against the domain's in every state. */

const states = RESOURCE_STATUSES.flatMap((status) =>
  ADMIN_STATES.flatMap((adminState) =>
    [null, 'v0'].map((heldFor) => ({ status, adminState, heldFor })),
  ),
);
const resources = states.map((state, index): Resource => {
  const destroyedAt = state.status === 'destroyed' ? 1 : null;
  return aResource(`r${100 + index}`, {
    ...state,
    number: 100 + index,
    heldItem: null,
    destroyedAt,
  });
});
const idsOf = (found: Resource[]) => found.map(({ id }) => id).sort();

let store: Store;

beforeAll(async () => {
  const file = join(temporaryDirectory(), 'holdfast.db');
  makeDatabase(file);
  store = openSqliteStore(file, { clock: new TestClock() });
  await apply(
    store,
    ...makePool({ size: 0 }),
    ...resources.map((resource) => ({ do: 'createResource', resource }) as const),
  );
});

afterAll(() => store.close());

it('what is available to a request is what the domain calls so', async () => {
  const { queues } = await load(store, {
    load: 'submission',
    items: [{ pool: 'pool', count: 99 }],
  });
  const expected = resources.filter(isAvailable);
  expect(expected).toHaveLength(1);
  expect(queues.available.map(({ resourceId }) => resourceId).sort()).toEqual(idsOf(expected));
});

it('what a pool counts as available is what the domain calls so', async () => {
  const counts = countStates(await store.read.counts());
  expect(counts.available).toBe(resources.filter(isAvailable).length);
});

it('a request that names a leaving resource is found, and no other', async () => {
  for (const { id } of resources)
    await apply(
      store,
      { do: 'createReservation', reservation: aReservation(`of-${id}`, { status: 'queued' }) },
      { do: 'enqueue', entry: anEntry(`of-${id}`, { resourceId: id }) },
    );
  const expected = idsOf(resources.filter(isLeaving)).map((id) => `of-${id}`);
  expect((await store.read.waitingForGone(500)).sort()).toEqual(expected);
});

it('what a pool that shrinks could remove is what counts towards its size', async () => {
  const sizing = await load(store, { load: 'sizing', poolId: 'p1' });
  const expected = resources.filter(staysIn);
  expect(idsOf(sizing!.removable)).toEqual(idsOf(expected));
  const { counts } = sizing!;
  expect(Object.values(counts)).toEqual([expected.length]);
});
