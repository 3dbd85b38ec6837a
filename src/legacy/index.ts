import { underTag, type Route } from '../http/route';
import type { Services } from '../service/services';
import { ACCTPOOL, CONTAINERS, IDENTITIES, TOKENS, VMS } from './about';
import { acctpoolRoutes } from './acctpool/routes';
import { acctpoolStatistics } from './acctpool/statistics';
import { containerRoutes } from './containers/routes';
import { errorBody } from './fields';
import { credentialOf } from './presented-credentials';
import { Gate, type GateOptions } from './gate';
import { identityRoutes } from './identities/routes';
import { tokenErrors, tokenRoutes } from './tokens/routes';
import { vmRoutes } from './vms';
import { message } from './vms/responses';

export { LEGACY_API } from './about';

export interface LegacyOptions extends Omit<GateOptions, 'mode'> {
  mode: GateOptions['mode'] | 'off';
}

/** The additions of the legacy APIs to the server. */
export interface Legacy {
  /** Routes at the root, not under `/v1`. */
  routes: Route[];
  /** Further fields of the welcome at `/`. */
  welcome: (services: Services) => Promise<Record<string, number>>;
}

/** Makes the five legacy APIs; none if they are off. */
export function legacyApis({ mode, ...where }: LegacyOptions): Legacy {
  if (mode === 'off') return { routes: [], welcome: async () => ({}) };
  const gate = new Gate({ mode, ...where });
  return { routes: routesOf(gate), welcome: acctpoolStatistics };
}

/** The originals ignored what they did not read, and their clients send such bodies. */
function routesOf(gate: Gate): Route[] {
  const routes = [
    ...underTag(ACCTPOOL, acctpoolRoutes(gate)),
    ...underTag(CONTAINERS, containerRoutes(gate)),
    ...underTag(TOKENS, tokenRoutes(gate)),
    ...underTag(VMS, vmRoutes(gate)),
    ...underTag(IDENTITIES, identityRoutes(gate)),
  ];
  const errorBodies = [errorBody, message, tokenErrors];
  const common: Partial<Route> = { ignoresUnread: true, presents: credentialOf, errorBodies };
  if (gate.isOpen) common.trustsNetwork = true;
  return routes.map((route) => ({ ...route, ...common }));
}
