import { DriverError, type RandomSource } from '../driver';
import type { SimulatedCloud } from './cloud';
import type { SimulatedCall, SimulatedSettings } from './settings';

export interface Passage {
  name: SimulatedCall;
  pool: string;
  signal: AbortSignal;
}

/**
 * Applies latency, an outage, random failures and pending faults to a call. Errors: the DriverError
 * with which the call fails. If its answer is to be lost, gives the DriverError to throw after the
 * call has taken effect.
 */
export async function passConditions(
  cloud: SimulatedCloud,
  settings: SimulatedSettings,
  random: RandomSource,
  { name, pool, signal }: Passage,
): Promise<DriverError | null> {
  const weather = cloud.conditions.weather(pool, name);
  const latency =
    (weather.latencyMs ?? settings.latencyMs) +
    (settings.latencyJitterMs > 0 ? settings.latencyJitterMs * random.fraction() : 0);
  const paused = latency > 0 || signal.aborted;
  if (paused) await pause(latency, signal);
  if (settings.backendDown || weather.down)
    throw new DriverError('backend', 'The simulated back end is down.');
  const rate = settings.failureRates[name] ?? 0;
  if (rate > 0 && random.fraction() < rate)
    throw new DriverError('resource', `Simulated failure of ${name}.`);
  // A fault set during the pause counts too.
  const { fault } = paused ? cloud.conditions.weather(pool, name) : weather;
  return fault ? pendingFault(cloud, name, pool) : null;
}

async function pendingFault(
  cloud: SimulatedCloud,
  name: SimulatedCall,
  pool: string,
): Promise<DriverError | null> {
  const fault = await cloud.write(() => cloud.conditions.takeFault(pool, name));
  if (!fault) return null;
  if (fault.answer_lost)
    return new DriverError(fault.scope, `The answer of ${name} was lost, as set by failNext.`);
  throw new DriverError(fault.scope, `Simulated failure of ${name}, set by failNext.`);
}

/** Waits `ms` milliseconds. Errors: DriverError as soon as the signal aborts. */
export function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(
        new DriverError('backend', 'The simulated back end did not answer before the deadline.'),
      );
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
