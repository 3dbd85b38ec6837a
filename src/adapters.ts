import type * as docker from './drivers/docker';
import type { DriverFactory } from './drivers/driver';
import { lateFactory } from './drivers/late';
import type * as simulated from './drivers/simulated';

/**
 * Every driver of this build, by name. The code of one is loaded when something of it is first
 * asked for.
 */
export const DRIVERS: ReadonlyMap<string, DriverFactory> = new Map<string, DriverFactory>(
  [
    lateFactory(
      'simulated',
      () => (require('./drivers/simulated') as typeof simulated).simulatedDriver,
    ),
    lateFactory('docker', () => (require('./drivers/docker') as typeof docker).dockerDriver),
  ].map((factory) => [factory.name, factory]),
);
