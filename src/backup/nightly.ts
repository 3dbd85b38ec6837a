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
const OUR_NAME = /^holdfast-\d{4}-\d{2}-\d{2}\.db(\.age)?$/;

/**
 * Makes one backup a day, named by its day. It checks which backup exists rather than when it ran, so
 * that a server that was down at the time catches up, and of two processes only the first makes
 * one. The job loop retries one that failed.
 */
export function nightlyBackup(
  { engine, log }: Pick<JobContext, 'engine' | 'log'>,
  source: string,
  settings: NightlySettings,
): Job {
  return {
    idle: async () => {},
    rest: 500,
    runOnce: async () => {
      const last = lastDue(engine.store.now(), settings.minute);
      const path = join(settings.directory, nameOf(last, settings.encryptTo !== undefined));
      if (!fs.existsSync(path)) {
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
