import type { Services } from '../../service/services';
import type { Route } from '../route';
import { acctpoolRoutes } from './acctpool';
import { containerRoutes } from './containers';
import { Gate, type GateOptions } from './gate';
import { identityRoutes } from './identities';
import { tokenRoutes } from './tokens';
import { vmRoutes } from './vms';

export interface LegacyOptions extends Omit<GateOptions, 'mode'> {
  mode: GateOptions['mode'] | 'off';
}

/** The routes of the five seed APIs, which stand at the root; none when they are off. */
export function legacyRoutes(services: Services, { mode, ...where }: LegacyOptions): Route[] {
  if (mode === 'off') return [];
  const gate = new Gate({ mode, ...where }, services.authentication);
  return seedApis(services, gate);
}

function seedApis(services: Services, gate: Gate): Route[] {
  return [
    ...acctpoolRoutes(services, gate),
    ...containerRoutes(services, gate),
    ...tokenRoutes(services, gate),
    ...vmRoutes(services, gate),
    ...identityRoutes(services, gate),
  ];
}
