import { and, eq, gte, lt, ne, sql } from 'drizzle-orm';
import type { ClockBase } from '../../clock';
import type { Db } from './database';
import { facts, instances, jobTicks } from './schema';

/** What the installation knows of itself: single facts, the processes that serve it, the jobs' last passes. */
export function installation(db: Db) {
  const fact = db.select().from(facts).where(eq(facts.name, sql.placeholder('name'))).prepare();
  return {
    fact: (name: string): string | null => fact.get({ name })?.value ?? null,
    setFact: (name: string, value: string): void => {
      db.insert(facts).values({ name, value }).onConflictDoUpdate({ target: facts.name, set: { value } }).run();
    },
    settleFact: (name: string, value: string): string => {
      db.insert(facts).values({ name, value }).onConflictDoNothing().run();
      return fact.get({ name })!.value;
    },
    join: (id: string, base: ClockBase, now: number, aliveMs: number): { first: boolean; base: ClockBase } => {
      db.delete(instances).where(lt(instances.seenAt, now - aliveMs)).run();
      const other = db.select().from(instances).where(and(ne(instances.id, id), gte(instances.seenAt, now - aliveMs))).get();
      const shared = other ? { wall: other.clockWall, monotonic: other.clockMonotonic } : base;
      const row = { startedAt: now, seenAt: now, clockWall: shared.wall, clockMonotonic: shared.monotonic };
      db.insert(instances).values({ id, ...row }).onConflictDoUpdate({ target: instances.id, set: row }).run();
      return { first: !other, base: shared };
    },
    seen: (id: string, now: number): void => {
      db.update(instances).set({ seenAt: now }).where(eq(instances.id, id)).run();
    },
    leave: (id: string): void => {
      db.delete(instances).where(eq(instances.id, id)).run();
    },
    tick: (job: string, at: number): void => {
      db.insert(jobTicks).values({ job, at }).onConflictDoUpdate({ target: jobTicks.job, set: { at } }).run();
    },
    ticks: (): Record<string, number> => Object.fromEntries(db.select().from(jobTicks).all().map(({ job, at }) => [job, at])),
  };
}
