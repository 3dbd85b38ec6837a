import { KINDS } from '../../domain/pools/pool';
import type { DriverFactory } from '../driver';
import { SimulatedDriver } from './driver';
import type { SimulatedSettings } from './settings';
import { simulatedCapabilities, simulatedSettings } from './settings';

/**
 * A cloud that exists only in a file: to try Holdfast, and to test it with failures on demand.
 */
export const simulatedDriver: DriverFactory<SimulatedSettings> = {
  name: 'simulated',
  kinds: KINDS,
  settings: simulatedSettings,
  // Nothing outside exists.
  fileOnly: [],
  capabilities: simulatedCapabilities,
  create: (settings, env) => new SimulatedDriver(settings, env),
};

export default simulatedDriver;
export { SimulatedCloud } from './cloud';
