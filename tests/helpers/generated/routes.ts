import type { Route } from '../../../src/http/route';
import { allRoutes } from '../../../src/routes';
import { BUILD } from '../server';

/** Every route that the documents describe. */
export function documentedRoutes(): Route[] {
  const legacy = { mode: 'guarded', openCidrs: [], hosts: [] } as const;
  return allRoutes({ build: BUILD, legacy, github: true, metrics: true });
}
