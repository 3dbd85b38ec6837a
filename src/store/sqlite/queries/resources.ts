import {
  and,
  asc,
  desc,
  eq,
  gt,
  inArray,
  isNotNull,
  isNull,
  max,
  ne,
  notInArray,
  or,
} from 'drizzle-orm';
import { constant, given, upTo } from '../parameters';
import type { Db } from '../database';
import { lazily } from '../lazy';
import { reader } from '../rows';
import { classCounts, credentials, pools, resources } from '../schema';
import type { Answers } from './types';

type ResourceAnswers = Pick<
  Answers,
  | 'idling'
  | 'resourcesCalled'
  | 'resourcesNamed'
  | 'credentials'
  | 'stateCounts'
  | 'hasSeats'
  | 'highestNumber'
  | 'staying'
  | 'spares'
  | 'replanning'
  | 'idleAfter'
>;

/** Resources and their numbers. */
export function resourceAnswers(db: Db): ResourceAnswers {
  return {
    resourcesCalled: lazily(() => resourcesCalled(db)),
    idling: lazily(() => idlingOnes(db)),
    resourcesNamed: lazily(() => resourcesNamed(db)),
    credentials: lazily(() => credentialsOf(db)),
    stateCounts: stateCounts(db),
    hasSeats: lazily(() => hasSeats(db)),
    highestNumber: lazily(() => highestNumber(db)),
    staying: lazily(() => stayingIn(db)),
    spares: lazily(() => sparesOf(db)),
    replanning: lazily(() => replanningOf(db)),
    idleAfter: lazily(() => idleAfter(db)),
  };
}

const isThere = isNull(resources.destroyedAt);

function resourcesCalled(db: Db): Answers['resourcesCalled'] {
  const key = given('key');
  // Each half uses an index of its own; the one on names is partial.
  const isCalled = or(eq(resources.id, key), and(eq(resources.name, key), isThere));
  const select = reader(db.select().from(resources).where(isCalled));
  return ({ idOrName: key }) => select.all({ key });
}

function resourcesNamed(db: Db): Answers['resourcesNamed'] {
  const isNamed = eq(resources.name, given('name'));
  const select = reader(db.select().from(resources).where(and(isNamed, isThere)));
  return ({ names }) => names.flatMap((name) => select.all({ name }));
}

function idlingOnes(db: Db): Answers['idling'] {
  const select = reader(
    db
      .select()
      .from(resources)
      .where(and(gt(resources.id, given('after')), isNotNull(resources.expiresAt), isThere))
      .orderBy(asc(resources.id))
      .limit(upTo('limit')),
  );
  return (query) => select.all(query);
}

function credentialsOf(db: Db): Answers['credentials'] {
  const select = reader(
    db
      .select()
      .from(credentials)
      .where(eq(credentials.resourceId, given('id')))
      .orderBy(credentials.createdAt),
  );
  return ({ resourceId: id }) => select.all({ id });
}

function stateCounts(db: Db): Answers['stateCounts'] {
  const { classId, status, adminState, held, count } = classCounts;
  return ({ classIds }) =>
    db
      .select({ classId, status, adminState, held, count })
      .from(classCounts)
      .where(inArray(classId, classIds))
      .all();
}

function hasSeats(db: Db): Answers['hasSeats'] {
  const isSeat = and(isNotNull(resources.seatOf), isThere);
  const select = reader(
    db
      .select({ id: resources.id })
      .from(resources)
      .where(and(eq(resources.poolId, given('poolId')), isSeat))
      .limit(upTo(1)),
  );
  return ({ poolId }) => select.get({ poolId }) !== undefined;
}

function highestNumber(db: Db): Answers['highestNumber'] {
  const inPool = eq(resources.poolId, given('poolId'));
  const select = reader(
    db
      .select({ highest: max(resources.number) })
      .from(resources)
      .where(and(inPool, isThere)),
  );
  return ({ poolId }) => select.get({ poolId })?.highest ?? 0;
}

function replanningOf(db: Db): Answers['replanning'] {
  const { id, replanAfter: after, replanExpiry: expiry } = pools;
  const select = reader(
    db
      .select({ after, expiry })
      .from(pools)
      .where(eq(id, given('poolId'))),
  );
  return ({ poolId }) => {
    const found = select.get({ poolId });
    return found && found.after !== null ? { after: found.after, expiry: found.expiry } : null;
  };
}

function idleAfter(db: Db): Answers['idleAfter'] {
  const isIdle = eq(resources.status, constant('available'));
  const inClass = eq(resources.classId, given('classId'));
  const select = reader(
    db
      .select()
      .from(resources)
      .where(and(inClass, isIdle, gt(resources.id, given('after')), isThere))
      .orderBy(asc(resources.id))
      .limit(upTo('limit')),
  );
  return ({ classIds, after, limit }) =>
    classIds
      .flatMap((classId) => select.all({ classId, after, limit }))
      .sort((a, b) => (a.id < b.id ? -1 : 1))
      .slice(0, limit);
}

/** `staysIn` of the domain in SQL. */
function stayingIn(db: Db): Answers['staying'] {
  const isLent = eq(resources.status, constant('allocated'));
  const isIdle = notInArray(resources.status, ['destroying', 'destroyed', 'allocated']);
  const [lent, idle] = [isLent, isIdle].map((which) =>
    lazily(() => {
      const inClass = eq(resources.classId, given('classId'));
      const select = reader(
        db
          .select()
          .from(resources)
          .where(and(inClass, ne(resources.adminState, 'draining'), isThere, which))
          .orderBy(desc(resources.number))
          .limit(upTo('limit')),
      );
      return (classId: number, limit: number) => select.all({ classId, limit });
    }),
  );
  return (query) => (query.lent ? lent! : idle!)(query.classId, query.limit);
}

/** A class has few of them, so ordering them costs little. */
function sparesOf(db: Db): Answers['spares'] {
  const isSpare = eq(resources.status, constant('spare'));
  const isInService = eq(resources.adminState, constant('in_service'));
  const inClass = eq(resources.classId, given('classId'));
  const select = reader(
    db
      .select()
      .from(resources)
      .where(and(inClass, isSpare, isInService, isThere))
      .orderBy(asc(resources.rank))
      .limit(upTo('limit')),
  );
  return (query) => select.all(query);
}
