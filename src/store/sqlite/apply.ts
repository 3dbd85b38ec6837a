import { and, eq, inArray, sql } from 'drizzle-orm';
import type { Author } from '../../domain/author';
import type { Change } from '../../domain/change';
import type { Appliers } from './appliers';
import type { Authors } from './authors';
import { legacyAppliers, peopleAppliers, signInAppliers } from './apply-people';
import { inserter, putter, updater } from './columns';
import type { Db } from './database';
import { detailWriter } from './details';
import { eventAppender } from './events';
import { given } from './parameters';
import { historyAppliers } from './apply-history';
import { webhookAppliers } from './apply-webhooks';
import { chainAppliers } from './returns-chain';
import * as schema from './schema';

type Apply = (change: Change, now: number, author: Author) => void;

/** Applies changes on a connection, inside the running transaction. */
export function applier(
  db: Db,
  authors: Authors,
): (changes: Change[], now: number, author: Author) => void {
  const appendEvent = eventAppender(db, authors);
  const appliers: Appliers = {
    ...resourceAppliers(db),
    ...loanAppliers(db),
    ...workAppliers(db),
    ...chainAppliers(db, appendEvent),
    ...peopleAppliers(db),
    ...webhookAppliers(db),
    ...historyAppliers(db),
    append: ({ event }, now, author) => appendEvent(event, now, author),
    ...signInAppliers(db),
    ...legacyAppliers(db),
  };
  return (changes, now, author) => {
    for (const change of changes) (appliers[change.do] as Apply)(change, now, author);
  };
}

function resourceAppliers(
  db: Db,
): Pick<
  Appliers,
  | 'createPool'
  | 'setPool'
  | 'addClasses'
  | 'replan'
  | 'clearQueues'
  | 'deletePool'
  | 'createResource'
  | 'setResource'
  | 'setDetails'
> {
  const insertPool = inserter(db, schema.pools, ['replanAfter', 'replanExpiry']);
  const updatePool = updater(db, schema.pools, schema.pools.id);
  const insertClass = db
    .insert(schema.classes)
    .values({ poolId: sql.placeholder('poolId'), type: sql.placeholder('type') })
    .onConflictDoNothing()
    .prepare();
  const removePool = db
    .delete(schema.pools)
    .where(eq(schema.pools.id, given('id')))
    .prepare();
  const itsClasses = db
    .select({ id: schema.classes.id })
    .from(schema.classes)
    .where(eq(schema.classes.poolId, given('id')));
  const removeEntries = db
    .delete(schema.queueEntries)
    .where(inArray(schema.queueEntries.classId, itsClasses))
    .prepare();
  const { replanExpiry } = schema.pools;
  const after = sql.placeholder('after');
  const replan = db
    .update(schema.pools)
    .set({
      replanAfter: sql`${after}`,
      replanExpiry: sql`${after} is not null and max(${replanExpiry}, ${sql.placeholder('expiry')})`,
    })
    .where(eq(schema.pools.id, given('id')))
    .prepare();
  const insertResource = inserter(db, schema.resources);
  const updateResource = updater(db, schema.resources, schema.resources.id);
  const writeDetails = detailWriter(db);
  return {
    createPool: ({ pool }) => insertPool(pool),
    setPool: ({ id, set }) => updatePool(id, set),
    addClasses: ({ poolId, types }) => types.forEach((type) => insertClass.run({ poolId, type })),
    replan: ({ poolId: id, after, expiry = false }) =>
      replan.run({ id, after, expiry: expiry ? 1 : 0 }),
    clearQueues: ({ poolId }) => removeEntries.run({ id: poolId }),
    deletePool: ({ id }) => removePool.run({ id }),
    createResource: ({ resource }) => insertResource(resource),
    setResource: ({ id, set }) => updateResource(id, set),
    setDetails: ({ resourceId, kind, details }) => writeDetails(resourceId, kind, details),
  };
}

type LoanChange =
  | 'allocate'
  | 'setAllocation'
  | 'createReservation'
  | 'setReservation'
  | 'enqueue'
  | 'setMissing'
  | 'releaseHold'
  | 'setParked'
  | 'setRank'
  | 'dequeue';

function loanAppliers(db: Db): Pick<Appliers, LoanChange> {
  const { queueEntries } = schema;
  const insertAllocation = inserter(db, schema.allocations);
  const updateAllocation = updater(db, schema.allocations, schema.allocations.id);
  const insertReservation = inserter(db, schema.reservations);
  const updateReservation = updater(db, schema.reservations, schema.reservations.id);
  const insertEntry = inserter(db, queueEntries);
  const ofItem = and(
    eq(queueEntries.reservationId, given('reservationId')),
    eq(queueEntries.item, given('item')),
  );
  const ofReservation = eq(queueEntries.reservationId, given('reservationId'));
  const setMissing = db
    .update(queueEntries)
    .set({ missing: sql`${sql.placeholder('missing')}` })
    .where(ofItem)
    .prepare();
  const addMissing = db
    .update(queueEntries)
    .set({ missing: sql`${queueEntries.missing} + 1` })
    .where(ofItem)
    .prepare();
  const setParked = db
    .update(queueEntries)
    .set({ parked: sql`${sql.placeholder('parked')}` })
    .where(ofReservation)
    .prepare();
  const setRank = db
    .update(queueEntries)
    .set({ rank: sql`${sql.placeholder('rank')}` })
    .where(ofReservation)
    .prepare();
  const remove = db.delete(queueEntries).where(ofReservation).prepare();
  return {
    allocate: ({ allocation }) => insertAllocation(allocation),
    setAllocation: ({ id, set }) => updateAllocation(id, set),
    createReservation: ({ reservation }) => insertReservation(reservation),
    setReservation: ({ id, set }) => updateReservation(id, set),
    enqueue: ({ entry }) => insertEntry(entry),
    setMissing: ({ reservationId, item, missing }) =>
      setMissing.run({ reservationId, item, missing }),
    releaseHold: ({ reservationId, item }) => addMissing.run({ reservationId, item }),
    setParked: ({ reservationId, parked }) =>
      setParked.run({ reservationId, parked: parked ? 1 : 0 }),
    setRank: ({ reservationId, rank }) => setRank.run({ reservationId, rank }),
    dequeue: ({ reservationId }) => remove.run({ reservationId }),
  };
}

type WorkChange =
  | 'createOperation'
  | 'setOperation'
  | 'putCredential'
  | 'setCredential'
  | 'dropCredential'
  | 'setBreaker';

function workAppliers(db: Db): Pick<Appliers, WorkChange> {
  const { credentials, breakers } = schema;
  const insertOperation = inserter(db, schema.operations);
  const updateOperation = updater(db, schema.operations, schema.operations.id);
  const putCredential = putter(db, credentials, credentials.id);
  const updateCredential = updater(db, credentials, credentials.id);
  const removeCredential = db
    .delete(credentials)
    .where(eq(credentials.id, given('id')))
    .prepare();
  const putBreaker = putter(db, breakers, breakers.poolId);
  const removeBreaker = db
    .delete(breakers)
    .where(eq(breakers.poolId, given('poolId')))
    .prepare();
  return {
    createOperation: ({ operation }) => insertOperation(operation),
    setOperation: ({ id, set }) => updateOperation(id, set),
    putCredential: ({ credential }) => putCredential(credential),
    setCredential: ({ id, state }) => updateCredential(id, { state }),
    dropCredential: ({ id }) => removeCredential.run({ id }),
    setBreaker: ({ breaker }) => {
      if (breaker.failures > 0) putBreaker(breaker);
      else removeBreaker.run({ poolId: breaker.poolId });
    },
  };
}
