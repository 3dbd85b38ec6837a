import { KINDS } from '../../domain/pools/pool';
import type { DriverFactory } from '../driver';
import { lateDriver } from '../late';
import type { HttpSettings } from './settings';
import { HTTP_FILE_ONLY, httpCapabilities, httpSettings } from './settings';

/** Lends anything that a service of the operator makes, checks and cleans. */
export const httpDriver: DriverFactory<HttpSettings> = {
  name: 'http',
  kinds: KINDS,
  settings: httpSettings,
  fileOnly: HTTP_FILE_ONLY,
  capabilities: httpCapabilities,
  create: (settings, env) =>
    lateDriver(httpCapabilities(settings), async () =>
      (await import('./driver.js')).makeHttpDriver(settings, env),
    ),
};

export default httpDriver;
