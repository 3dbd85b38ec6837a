import type { DriverFactory } from '../driver';
import { lateDriver } from '../late';
import {
  IBM_CLOUD_CAPABILITIES,
  IBM_CLOUD_FILE_ONLY,
  ibmCloudSettings,
  type IbmCloudSettings,
} from './settings';

/** Lends accounts of IBM Cloud, by a service ID and an API key for each holder. */
export const ibmCloudDriver: DriverFactory<IbmCloudSettings> = {
  name: 'ibm-cloud',
  kinds: ['account'],
  settings: ibmCloudSettings,
  fileOnly: IBM_CLOUD_FILE_ONLY,
  capabilities: () => IBM_CLOUD_CAPABILITIES,
  create: (settings, env) =>
    lateDriver(
      IBM_CLOUD_CAPABILITIES,
      async () => new (await import('./driver.js')).IbmCloudDriver(settings, env),
    ),
};

export default ibmCloudDriver;
