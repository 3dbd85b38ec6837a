import { KINDS } from '../../domain/pools/pool';
import type { DriverFactory } from '../driver';
import { StaticDriver } from './driver';
import {
  STATIC_CAPABILITIES,
  STATIC_FILE_ONLY,
  staticListing,
  staticSettings,
  type StaticSettings,
} from './settings';

/** Lends listed things of every kind as they are. */
export const staticDriver: DriverFactory<StaticSettings> = {
  name: 'static',
  kinds: KINDS,
  settings: staticSettings,
  fileOnly: STATIC_FILE_ONLY,
  listing: staticListing,
  capabilities: () => STATIC_CAPABILITIES,
  create: (settings) => new StaticDriver(settings),
};

export default staticDriver;
