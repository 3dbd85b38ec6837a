import { KINDS } from '../../domain/pools/pool';
import type { DriverFactory } from '../driver';
import { lateDriver } from '../late';
import type { ExecSettings } from './settings';
import { EXEC_FILE_ONLY, execCapabilities, execSettings } from './settings';

/** Lends anything that programs of the operator make, check and clean. */
export const execDriver: DriverFactory<ExecSettings> = {
  name: 'exec',
  kinds: KINDS,
  settings: execSettings,
  fileOnly: EXEC_FILE_ONLY,
  capabilities: execCapabilities,
  create: (settings, env) => {
    const capabilities = execCapabilities(settings);
    return lateDriver(capabilities, async () =>
      (await import('./driver.js')).makeExecDriver(settings, env),
    );
  },
};

export default execDriver;
