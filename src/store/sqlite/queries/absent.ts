import { and, asc, desc, eq, gt, isNotNull, isNull, sql } from 'drizzle-orm';
import { given, upTo } from '../parameters';
import type { Db } from '../database';
import { lazily } from '../lazy';
import { reader } from '../rows';
import { resources } from '../schema';
import type { Answers } from './types';
import { absentColumns, candidateColumns } from './available';

type AbsentAnswers = Pick<
  Answers,
  'lendable' | 'returning' | 'lentOpenly' | 'heldIn' | 'backFromMaintenance'
>;

/** Resources that are lent or held, and when they can be lent again. */
export function absentAnswers(db: Db): AbsentAnswers {
  return {
    lendable: lazily(() => lendableInClass(db)),
    returning: lazily(() => returningToClass(db)),
    lentOpenly: lazily(() => lentWithoutEnd(db)),
    heldIn: lazily(() => heldInClass(db)),
    backFromMaintenance: lazily(() => firstEndOfMaintenance(db)),
  };
}

const inClass = eq(resources.classId, given('classId'));
const isHeld = isNotNull(resources.heldFor);
/** Word for word as in the partial index. */
const isLent = sql`${resources.status} = 'allocated' and ${resources.adminState} = 'in_service'`;

function lendableInClass(db: Db): Answers['lendable'] {
  const columns = { ...candidateColumns, heldUntil: sql<number>`${resources.heldUntil}` };
  const select = reader(
    db
      .select(columns)
      .from(resources)
      .where(and(inClass, isHeld, gt(resources.heldUntil, given('now'))))
      .orderBy(desc(resources.heldUntil))
      .limit(upTo('limit')),
  );
  return ({ classIds, now, limit }) =>
    classIds.flatMap((classId) => select.all({ classId, now, limit }));
}

function returningToClass(db: Db): Answers['returning'] {
  const select = reader(
    db
      .select(absentColumns)
      .from(resources)
      .where(and(inClass, isLent, isNotNull(resources.backAt)))
      .orderBy(asc(resources.backAt))
      .limit(upTo('limit')),
  );
  return ({ classIds, limit }) => classIds.map((classId) => select.all({ classId, limit }));
}

function lentWithoutEnd(db: Db): Answers['lentOpenly'] {
  const isRecent = gt(resources.changedAt, given('since'));
  const select = reader(
    db
      .select(absentColumns)
      .from(resources)
      .where(and(inClass, isLent, isNull(resources.backAt), isRecent))
      .orderBy(desc(resources.changedAt))
      .limit(upTo('limit')),
  );
  return ({ classIds, since, limit }) =>
    classIds.map((classId) => select.all({ classId, since, limit }));
}

function heldInClass(db: Db): Answers['heldIn'] {
  const select = reader(
    db
      .select(absentColumns)
      .from(resources)
      .where(and(inClass, isHeld))
      .orderBy(asc(resources.heldUntil))
      .limit(upTo('limit')),
  );
  return ({ classIds, limit }) => classIds.map((classId) => select.all({ classId, limit }));
}

/** Walks the partial index of all ends: there are few, because an admin sets each of them. */
function firstEndOfMaintenance(db: Db): Answers['backFromMaintenance'] {
  const select = reader(
    db
      .select({ at: sql<number>`${resources.maintenanceUntil}` })
      .from(resources)
      .where(
        and(
          eq(sql`+${resources.classId}`, given('classId')),
          isNotNull(resources.maintenanceUntil),
        ),
      )
      .orderBy(asc(resources.maintenanceUntil))
      .limit(upTo('limit')),
  );
  return ({ classIds }) =>
    classIds.map((classId) => select.all({ classId, limit: 1 })[0]?.at ?? null);
}
