import { eq, sql } from 'drizzle-orm';
import type { Db } from './database';
import { given } from './parameters';
import { reader } from './rows';
import { metadata, jobHeartbeats } from './schema';

/** Facts about the installation, and the last passes of its jobs. */
export function installation(db: Db) {
  const entry = reader(
    db
      .select()
      .from(metadata)
      .where(eq(metadata.name, given('name'))),
  );
  const set = db
    .insert(metadata)
    .values({ name: sql.placeholder('name'), value: sql.placeholder('value') })
    .onConflictDoUpdate({ target: metadata.name, set: { value: sql`excluded.value` } })
    .prepare();
  return {
    metadata: (name: string): string | null => entry.get({ name })?.value ?? null,
    setMetadata: (name: string, value: string): void => void set.run({ name, value }),
    claimMetadata: (name: string, value: string): string => {
      db.insert(metadata).values({ name, value }).onConflictDoNothing().run();
      return entry.get({ name })!.value;
    },
    beat: (job: string, at: number): void => {
      db.insert(jobHeartbeats)
        .values({ job, at })
        .onConflictDoUpdate({ target: jobHeartbeats.job, set: { at } })
        .run();
    },
    heartbeats: (): Record<string, number> =>
      Object.fromEntries(
        db
          .select()
          .from(jobHeartbeats)
          .all()
          .map(({ job, at }) => [job, at]),
      ),
  };
}
