import type { Services } from '../../service/services';
import { VmPeople } from './people';
import { VmPool } from './vm-pool';

/** The services of the core with those of this API. */
export interface VmServices extends Services {
  vmPeople: VmPeople;
  vmPool: VmPool;
}

/** Adds the services of this API to those of the core. */
export function vmServices(services: Services): VmServices {
  const vmPeople = new VmPeople(services.engine, services.passwords);
  return { ...services, vmPeople, vmPool: new VmPool(services.engine, vmPeople) };
}
