import type { PoolsFile } from '../../pools-file/parse';
import type { Engine } from '../engine';
import { applyPoolsFile } from './pools-file';

/** The log of the pools file. */
export interface PoolsFileLog {
  warn(message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** A pools file of which something may still have to wait. */
export interface AppliedFile {
  /** Waits for nothing more. */
  stop(): Promise<void>;
}

/**
 * Applies a pools file, and again whenever a name has become free that one of its accounts waits
 * for, until none does. The file is kept in memory meanwhile: it holds their passwords. Errors:
 * those of the first time.
 */
export async function keepPoolsFile(
  engine: Engine,
  file: PoolsFile,
  log: PoolsFileLog,
): Promise<AppliedFile> {
  const apply = async () => {
    const { warnings, waiting } = await applyPoolsFile(engine, file);
    warnings.forEach((warning) => log.warn(warning));
    return waiting;
  };
  let waiting = await apply();
  if (waiting.length === 0) return { stop: async () => undefined };
  const look = async () => {
    const found = await Promise.all(waiting.map((name) => engine.store.read.resource(name)));
    if (found.includes(null)) waiting = await apply();
    if (waiting.length === 0) stop();
  };
  // One look at a time, and one more after whatever happened during the last.
  let looks: Promise<void> = Promise.resolve();
  let asked = false;
  const ask = () => {
    if (asked) return;
    asked = true;
    looks = looks
      .then(() => ((asked = false), look()))
      .catch((error: unknown) =>
        log.error({ err: error }, 'the pools file could not be applied again'),
      );
  };
  const stop = engine.store.onChange(ask);
  // Resources that went before the listener was there.
  ask();
  return {
    stop: async () => {
      stop();
      await looks;
    },
  };
}
