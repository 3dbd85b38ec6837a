import fs from 'node:fs';
import { join } from 'node:path';
import type { Job, JobContext } from '../service/jobs/jobs';
import { makeBackup } from './make';

/** When and where backups are made by themselves. */
export interface NightlySettings {
  directory: string;
  /** Minutes after midnight, UTC. */
  minute: number;
  /** How many are kept. */
  keep: number;
  encryptTo: string | undefined;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const OURS = /^holdfast-\d{4}-\d{2}-\d{2}\.db(\.age)?$/;

/**
 * One backup a day, named by its day. Looks at what is there and not at when it ran: a server that
 * was down at the time makes up for it, and of two processes only the first has something to do.
 * One that fails is tried again within minutes.
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
        fs.mkdirSync(settings.directory, { recursive: true, mode: 0o700 });
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

/** The last moment at which a backup was due. */
export function lastDue(now: number, minute: number): number {
  const today = Math.floor(now / DAY) * DAY + minute * MINUTE;
  return today <= now ? today : today - DAY;
}

function nameOf(at: number, encrypted: boolean): string {
  return `holdfast-${new Date(at).toISOString().slice(0, 10)}.db${encrypted ? '.age' : ''}`;
}

/** Removes all but the newest; never what is not named as ours are. */
function removeOld({ directory, keep }: NightlySettings): number {
  const old = fs
    .readdirSync(directory)
    .filter((name) => OURS.test(name))
    .sort()
    .reverse()
    .slice(keep);
  for (const name of old) fs.rmSync(join(directory, name), { force: true });
  return old.length;
}
