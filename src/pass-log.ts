import type { Logger } from 'pino';
import type { PassLog } from './service/jobs/job-loop';

/** Passes are told together for this long; ms. */
const TOGETHER = 1_000;

/**
 * Logs the passes of a job that wrote something: the first at once, and those of the second after it
 * in one line, since a busy job makes hundreds. `written` and `ms` are sums. Failed passes are logged
 * one by one.
 */
export function passLog(
  log: Pick<Logger, 'info' | 'debug' | 'error'>,
  now: () => number = () => performance.now(),
): PassLog {
  let [passes, written, ms] = [0, 0, 0];
  let silentUntil = -Infinity;
  return {
    passed: (pass) => {
      if (pass.written === 0) log.debug(pass, 'pass');
      else [passes, written, ms] = [passes + 1, written + pass.written, ms + pass.ms];
      if (passes === 0 || now() < silentUntil) return;
      log.info({ passes, written, ms }, 'pass');
      [passes, written, ms] = [0, 0, 0];
      silentUntil = now() + TOGETHER;
    },
    failed: (error) => log.error({ err: error }, 'pass failed'),
  };
}
