import type { Route } from '../http/route';
import type { Services } from '../service/services';
import { acctpoolRoutes } from './acctpool/routes';
import { acctpoolStatistics } from './acctpool/statistics';
import { containerRoutes } from './containers/routes';
import { Gate, type GateOptions } from './gate';
import { identityRoutes } from './identities/routes';
import { tokenRoutes } from './tokens/routes';
import { vmRoutes } from './vms';

export interface LegacyOptions extends Omit<GateOptions, 'mode'> {
  mode: GateOptions['mode'] | 'off';
}

/** What the legacy APIs add to the server. */
export interface Legacy {
  /** Stand at the root, not under `/v1`. */
  routes: Route[];
  /** Further fields of the welcome at `/`. */
  welcome: () => Promise<Record<string, number>>;
}

/** The five legacy APIs over the services of the core; nothing where they are off. */
export function legacyApis(services: Services, { mode, ...where }: LegacyOptions): Legacy {
  if (mode === 'off') return { routes: [], welcome: async () => ({}) };
  const gate = new Gate({ mode, ...where }, services);
  return { routes: routesOf(services, gate), welcome: () => acctpoolStatistics(services) };
}

function routesOf(services: Services, gate: Gate): Route[] {
  return [
    ...acctpoolRoutes(services, gate),
    ...containerRoutes(services, gate),
    ...tokenRoutes(services, gate),
    ...vmRoutes(services, gate),
    ...identityRoutes(services, gate),
  ];
}
