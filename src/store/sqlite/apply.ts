import { and, eq, inArray, isNull, sql } from 'drizzle-orm';
import type { Change, IdempotencyRecord } from '../../domain/change';
import { inserter, putter, updater } from './columns';
import type { Db } from './database';
import { detailWriter } from './details';
import * as schema from './schema';

type Of<D extends Change['do']> = Extract<Change, { do: D }>;
type Appliers = { [D in Change['do']]: (change: Of<D>, now: number) => void };

/** Applies changes on a connection, inside the running transaction. */
export function applier(db: Db): (changes: Change[], now: number) => void {
  const appliers: Appliers = {
    ...resourceAppliers(db),
    ...loanAppliers(db),
    ...workAppliers(db),
    ...peopleAppliers(db),
    ...signInAppliers(db),
    ...legacyAppliers(db),
  };
  return (changes, now) => {
    for (const change of changes)
      (appliers[change.do] as (change: Change, now: number) => void)(change, now);
  };
}

function resourceAppliers(
  db: Db,
): Pick<
  Appliers,
  | 'createPool'
  | 'setPool'
  | 'addClasses'
  | 'clearQueues'
  | 'deletePool'
  | 'createResource'
  | 'setResource'
  | 'setDetails'
> {
  const insertPool = inserter(db, schema.pools);
  const updatePool = updater(db, schema.pools, schema.pools.id);
  const insertClass = db
    .insert(schema.classes)
    .values({ poolId: sql.placeholder('poolId'), type: sql.placeholder('type') })
    .onConflictDoNothing()
    .prepare();
  const removePool = db
    .delete(schema.pools)
    .where(eq(schema.pools.id, sql.placeholder('id')))
    .prepare();
  const itsClasses = db
    .select({ id: schema.classes.id })
    .from(schema.classes)
    .where(eq(schema.classes.poolId, sql.placeholder('id')));
  const removeEntries = db
    .delete(schema.queueEntries)
    .where(inArray(schema.queueEntries.classId, itsClasses))
    .prepare();
  const insertResource = inserter(db, schema.resources);
  const updateResource = updater(db, schema.resources, schema.resources.id);
  const writeDetails = detailWriter(db);
  return {
    createPool: ({ pool }) => insertPool(pool),
    setPool: ({ id, set }) => updatePool(id, set),
    addClasses: ({ poolId, types }) => types.forEach((type) => insertClass.run({ poolId, type })),
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
  | 'setRank'
  | 'dequeue';

function loanAppliers(db: Db): Pick<Appliers, LoanChange> {
  const { queueEntries } = schema;
  const insertAllocation = inserter(db, schema.allocations);
  const updateAllocation = updater(db, schema.allocations, schema.allocations.id);
  const insertReservation = inserter(db, schema.reservations);
  const updateReservation = updater(db, schema.reservations, schema.reservations.id);
  const insertWait = inserter(db, queueEntries);
  const ofItem = and(
    eq(queueEntries.reservationId, sql.placeholder('reservationId')),
    eq(queueEntries.item, sql.placeholder('item')),
  );
  const ofReservation = eq(queueEntries.reservationId, sql.placeholder('reservationId'));
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
    enqueue: ({ wait }) => insertWait(wait),
    setMissing: ({ reservationId, item, missing }) =>
      setMissing.run({ reservationId, item, missing }),
    releaseHold: ({ reservationId, item }) => addMissing.run({ reservationId, item }),
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
    .where(eq(credentials.id, sql.placeholder('id')))
    .prepare();
  const putBreaker = putter(db, breakers, breakers.poolId);
  const removeBreaker = db
    .delete(breakers)
    .where(eq(breakers.poolId, sql.placeholder('poolId')))
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

type PeopleChange =
  | 'createUser'
  | 'setUser'
  | 'createToken'
  | 'setToken'
  | 'revokeTokens'
  | 'addEmail'
  | 'addGithubIdentifier'
  | 'saveIdempotencyRecord'
  | 'append';
type LegacyChange = 'putVmUser' | 'dropVmUser';
type SignInChange = 'linkGithub' | 'replaceEmails' | 'replaceSshKeys';

/** An expired key may be used again before it is pruned. */
function keyWriter(db: Db): (record: IdempotencyRecord) => void {
  const { principal, method, path, key } = schema.idempotencyKeys;
  const fresh = {
    requestHash: sql`excluded.request_hash`,
    resultId: sql`excluded.result_id`,
    answer: sql`excluded.answer`,
    createdAt: sql`excluded.created_at`,
  };
  const names = [
    'principal',
    'method',
    'path',
    'key',
    'requestHash',
    'resultId',
    'answer',
    'createdAt',
  ] as const;
  const values = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as never;
  const statement = db
    .insert(schema.idempotencyKeys)
    .values(values)
    .onConflictDoUpdate({ target: [principal, method, path, key], set: fresh })
    .prepare();
  return (record) => void statement.run({ ...record });
}

function peopleAppliers(db: Db): Pick<Appliers, PeopleChange> {
  const insertUser = inserter(db, schema.users, ['number']);
  const updateUser = updater(db, schema.users, schema.users.id);
  const insertToken = inserter(db, schema.apiTokens);
  const updateToken = updater(db, schema.apiTokens, schema.apiTokens.id);
  const { userId, revokedAt } = schema.apiTokens;
  const revoke = db
    .update(schema.apiTokens)
    .set({ revokedAt: sql`${sql.placeholder('revokedAt')}` })
    .where(and(eq(userId, sql.placeholder('userId')), isNull(revokedAt)))
    .prepare();
  const writeKey = keyWriter(db);
  const insertEmail = inserter(db, schema.emails);
  const insertGithub = inserter(db, schema.githubIdentifiers);
  const insertEvent = inserter(db, schema.events, ['seq']);
  return {
    createUser: ({ user }) => insertUser(user),
    setUser: ({ id, set }) => updateUser(id, set),
    createToken: ({ token }) => insertToken(token),
    setToken: ({ id, set }) => updateToken(id, set),
    revokeTokens: (change) => revoke.run({ userId: change.userId, revokedAt: change.revokedAt }),
    saveIdempotencyRecord: ({ record }) => writeKey(record),
    addEmail: ({ email }) => insertEmail(email),
    addGithubIdentifier: ({ identifier }) => insertGithub(identifier),
    append: ({ event: { type, data = {}, poolId, resourceId, reservationId, userId } }, at) =>
      insertEvent({ at, type, data, poolId, resourceId, reservationId, userId }),
  };
}

function legacyAppliers(db: Db): Pick<Appliers, LegacyChange> {
  const { vmUsers } = schema;
  const put = putter(db, vmUsers, vmUsers.userId);
  const drop = db
    .delete(vmUsers)
    .where(eq(vmUsers.userId, sql.placeholder('userId')))
    .prepare();
  return {
    putVmUser: ({ vmUser }) => put(vmUser),
    dropVmUser: ({ userId }) => drop.run({ userId }),
  };
}

function signInAppliers(db: Db): Pick<Appliers, SignInChange> {
  const { emails, githubIdentifiers, sshKeys } = schema;
  const unlink = db
    .delete(githubIdentifiers)
    .where(eq(githubIdentifiers.githubId, sql.placeholder('githubId')))
    .prepare();
  const link = inserter(db, githubIdentifiers);
  const dropEmails = db
    .delete(emails)
    .where(
      and(
        eq(emails.userId, sql.placeholder('userId')),
        eq(emails.source, sql.placeholder('source')),
      ),
    )
    .prepare();
  const values = (names: readonly string[]) =>
    Object.fromEntries(names.map((name) => [name, sql.placeholder(name)])) as never;
  // An address that came from elsewhere stays as it is, and becomes verified.
  const addEmail = db
    .insert(emails)
    .values(values(['id', 'userId', 'email', 'source', 'verifiedAt', 'createdAt']))
    .onConflictDoUpdate({
      target: [emails.userId, emails.email],
      set: { verifiedAt: sql`excluded.verified_at` },
    })
    .prepare();
  const dropKeys = db
    .delete(sshKeys)
    .where(
      and(
        eq(sshKeys.userId, sql.placeholder('userId')),
        eq(sshKeys.source, sql.placeholder('source')),
      ),
    )
    .prepare();
  const addKey = db
    .insert(sshKeys)
    .values(values(['id', 'userId', 'key', 'source', 'createdAt']))
    .onConflictDoNothing()
    .prepare();
  return {
    linkGithub: ({ identifier }) => {
      unlink.run({ githubId: identifier.githubId });
      link(identifier);
    },
    replaceEmails: ({ userId, source, emails: found }) => {
      dropEmails.run({ userId, source });
      for (const email of found) addEmail.run({ ...email, source });
    },
    replaceSshKeys: ({ userId, source, keys }) => {
      dropKeys.run({ userId, source });
      for (const key of keys) addKey.run({ ...key });
    },
  };
}
