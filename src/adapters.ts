import type { DriverFactory } from './drivers/driver';
import { dockerDriver } from './drivers/docker';
import { simulatedDriver } from './drivers/simulated';

/** Every driver of this build, by name. */
export const DRIVERS: ReadonlyMap<string, DriverFactory> = new Map<string, DriverFactory>(
  [simulatedDriver, dockerDriver].map((factory) => [factory.name, factory as DriverFactory]),
);
