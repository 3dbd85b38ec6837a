import { pathOf } from '../../address/address';
import type { Schemas } from '../../server/client';

export type Pool = Schemas['Pool'];

/** The path of a pool in the API. */
export function poolPath(name: string): string {
  return pathOf('v1', 'pools', name);
}
