import type { Services } from '../../service/services';
import type { Route } from '../route';
import { acctpoolRoutes } from './acctpool';
import { Gate, type GateOptions } from './gate';

export interface LegacyOptions extends Omit<GateOptions, 'mode'> {
  mode: GateOptions['mode'] | 'off';
}

/** The routes of the five seed APIs, which stand at the root; none when they are off. */
export function legacyRoutes(services: Services, { mode, ...where }: LegacyOptions): Route[] {
  if (mode === 'off') return [];
  const gate = new Gate({ mode, ...where }, services.authentication);
  return seedApis(services, gate);
}

function seedApis(services: Services, _gate: Gate): Route[] {
  return [...acctpoolRoutes(services)];
}

