import type { PoolsFile } from '../../pools-file/parse';
import type { Engine } from '../engine';
import { applyPoolsFile } from './pools-file';

/** Receives what an operator should know. */
export interface PoolsFileLog {
  warn(message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/** An applied pools file, some of whose listed resources may still have to wait. */
export interface AppliedFile {
  /** Stops waiting; resolves when nothing is under way. */
  stop(): Promise<void>;
}

/**
 * Applies a pools file, and again whenever a name that one of its resources waits for becomes free,
 * until none waits. The file stays in memory meanwhile, because it holds the secrets of what
 * it lists. Errors: those of the first application.
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
  // Looks never overlap; any number of changes during one look cause one more.
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
  // A name may have become free before anybody listened.
  ask();
  return {
    stop: async () => {
      stop();
      await looks;
    },
  };
}
