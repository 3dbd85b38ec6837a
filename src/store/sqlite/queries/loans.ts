import { and, asc, eq, gt, isNotNull, isNull } from 'drizzle-orm';
import type { Db } from '../database';
import { installation } from '../metadata';
import { lazily } from '../lazy';
import { constant, given, upTo } from '../parameters';
import { reader } from '../rows';
import { allocations, reservations, resources } from '../schema';
import { callerReader } from './callers';
import type { Answers } from './types';

type LoanAnswers = Pick<
  Answers,
  | 'caller'
  | 'metadata'
  | 'beating'
  | 'reservation'
  | 'holdings'
  | 'heldResources'
  | 'holder'
  | 'allocation'
>;

/** Reservations, their holdings, and those who ask for them. */
export function loanAnswers(db: Db): LoanAnswers {
  return {
    caller: lazily(() => callerReader(db)),
    metadata: lazily(() => {
      const facts = installation(db);
      return ({ name }) => facts.metadata(name);
    }),
    beating: lazily(() => awaitedHeartbeats(db)),
    reservation: lazily(() => reservationById(db)),
    holdings: lazily(() => holdingsOf(db)),
    heldResources: lazily(() => heldResources(db)),
    holder: lazily(() => holderOf(db)),
    allocation: lazily(() => allocationById(db)),
  };
}

function awaitedHeartbeats(db: Db): Answers['beating'] {
  const isActive = eq(reservations.status, constant('active'));
  const select = reader(
    db
      .select()
      .from(reservations)
      .where(
        and(isActive, gt(reservations.id, given('after')), isNotNull(reservations.heartbeatBy)),
      )
      .orderBy(asc(reservations.id))
      .limit(upTo('limit')),
  );
  return (query) => select.all(query);
}

function reservationById(db: Db): Answers['reservation'] {
  const select = reader(
    db
      .select()
      .from(reservations)
      .where(eq(reservations.id, given('id'))),
  );
  return ({ id }) => select.get({ id }) ?? null;
}

function holdingsOf(db: Db): Answers['holdings'] {
  const ofReservation = eq(allocations.reservationId, given('id'));
  const select = reader(
    db
      .select({ allocation: allocations, resource: resources })
      .from(allocations)
      .innerJoin(resources, eq(resources.id, allocations.resourceId))
      .where(and(ofReservation, isNull(allocations.endedAt)))
      .orderBy(asc(allocations.item), asc(resources.number)),
  );
  return ({ reservationId: id }) => select.all({ id });
}

function heldResources(db: Db): Answers['heldResources'] {
  const select = reader(
    db
      .select()
      .from(resources)
      .where(eq(resources.heldFor, given('id'))),
  );
  return ({ reservationId: id }) => select.all({ id });
}

function holderOf(db: Db): Answers['holder'] {
  const ofResource = eq(allocations.resourceId, given('id'));
  const select = reader(
    db
      .select({ reservation: reservations })
      .from(allocations)
      .innerJoin(reservations, eq(reservations.id, allocations.reservationId))
      .where(and(ofResource, isNull(allocations.endedAt))),
  );
  return ({ resourceId: id }) => select.get({ id })?.reservation ?? null;
}

function allocationById(db: Db): Answers['allocation'] {
  const select = reader(
    db
      .select()
      .from(allocations)
      .where(eq(allocations.id, given('id'))),
  );
  return ({ id }) => select.get({ id }) ?? null;
}
