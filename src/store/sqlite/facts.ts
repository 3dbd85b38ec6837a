import { eq, sql } from 'drizzle-orm';
import type { Db } from './database';
import { reader } from './rows';
import { facts, jobTicks } from './schema';

/** What the installation knows of itself: single facts, and the jobs' last passes. */
export function installation(db: Db) {
  const fact = reader(
    db
      .select()
      .from(facts)
      .where(eq(facts.name, sql.placeholder('name'))),
  );
  return {
    fact: (name: string): string | null => fact.get({ name })?.value ?? null,
    setFact: (name: string, value: string): void => {
      db.insert(facts)
        .values({ name, value })
        .onConflictDoUpdate({ target: facts.name, set: { value } })
        .run();
    },
    settleFact: (name: string, value: string): string => {
      db.insert(facts).values({ name, value }).onConflictDoNothing().run();
      return fact.get({ name })!.value;
    },
    tick: (job: string, at: number): void => {
      db.insert(jobTicks)
        .values({ job, at })
        .onConflictDoUpdate({ target: jobTicks.job, set: { at } })
        .run();
    },
    ticks: (): Record<string, number> =>
      Object.fromEntries(
        db
          .select()
          .from(jobTicks)
          .all()
          .map(({ job, at }) => [job, at]),
      ),
  };
}
