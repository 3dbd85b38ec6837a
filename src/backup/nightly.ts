import fs from 'node:fs';
import { join } from 'node:path';
import { makeDirectory } from '../durable';
import type { Job, JobContext } from '../service/jobs/jobs';
import { makeBackup } from './make';

/** The settings of the nightly backup. */
export interface NightlySettings {
  directory: string;
  /** Minutes after midnight, UTC. */
  minute: number;
  /** How many backups are kept. */
  keep: number;
  encryptTo: string | undefined;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
/** How long after its time a backup may still be made before it is missed; ms. */
const GRACE = 30 * MINUTE;
const OUR_NAME = /^holdfast-\d{4}-\d{2}-\d{2}\.db(\.age)?$/;

/**
 * Makes one backup a day, named by its day. It checks which backup exists rather than when it ran, so
 * that a server that was down at the time catches up, and of two processes only the first makes
 * one. One that failed is logged by the job loop, and tried again every minute.
 */
export function nightlyBackup(
  { engine, log }: Pick<JobContext, 'engine' | 'log'>,
  source: string,
  settings: NightlySettings,
): Job {
  let retryAt = -Infinity;
  return {
    idle: async () => {},
    rest: 500,
    runOnce: async () => {
      const now = engine.store.now();
      const last = lastDue(now, settings.minute);
      const path = pathAt(last, settings);
      if (!fs.existsSync(path)) {
        if (now < retryAt) return retryAt;
        retryAt = now + MINUTE;
        makeDirectory(settings.directory);
        await makeBackup(source, path, settings.encryptTo);
        log.info(
          { path, bytes: fs.statSync(path).size, removed: removeOld(settings) },
          'backed up',
        );
      }
      return last + DAY;
    },
  };
}

/** The latest time at which a backup was due, in epoch ms. */
export function lastDue(now: number, minute: number): number {
  const today = Math.floor(now / DAY) * DAY + minute * MINUTE;
  return today <= now ? today : today - DAY;
}

/**
 * Watches whether the nightly backups are made. The result says at a time (epoch ms) whether the last
 * one is missing, for whatever reason: half an hour after it was due, or after `startedAt` if the
 * server was down then; null: it is there.
 */
export function missingBackup(
  settings: NightlySettings,
  startedAt: number,
): (now: number) => string | null {
  return (now) => {
    const last = lastDue(now, settings.minute);
    if (now - Math.max(last, startedAt) < GRACE || fs.existsSync(pathAt(last, settings)))
      return null;
    return `the nightly backup that was due at ${new Date(last).toISOString()} is missing`;
  };
}

function pathAt(due: number, { directory, encryptTo }: NightlySettings): string {
  return join(directory, nameOf(due, encryptTo !== undefined));
}

function nameOf(at: number, encrypted: boolean): string {
  return `holdfast-${new Date(at).toISOString().slice(0, 10)}.db${encrypted ? '.age' : ''}`;
}

/** Removes all backups but the newest `keep`, and no file with another kind of name. */
function removeOld({ directory, keep }: NightlySettings): number {
  const old = fs
    .readdirSync(directory)
    .filter((name) => OUR_NAME.test(name))
    .sort()
    .reverse()
    .slice(keep);
  for (const name of old) fs.rmSync(join(directory, name), { force: true });
  return old.length;
}
