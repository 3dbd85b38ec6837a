import { z } from 'zod';
import type { Capabilities } from '../../src/domain/lifecycle/operation';
import { KINDS, type Kind } from '../../src/domain/pools/pool';
import type { DriverFactory } from '../../src/drivers/driver';

const ABLE: Capabilities = {
  provisions: true,
  rotates: true,
  opensAccess: false,
  accessByKey: false,
  staticCredential: true,
  leavesNothing: false,
  simulates: false,
  replaces: false,
};

/** A factory that is only asked for its capabilities. */
export function factory(
  name: string,
  can: Partial<Capabilities> = {},
  kinds: readonly Kind[] = KINDS,
): DriverFactory {
  return {
    name,
    kinds,
    fileOnly: [],
    settings: z.object({ image: z.string().optional(), rotates: z.boolean().optional() }),
    capabilities: (settings) => ({
      ...ABLE,
      ...can,
      rotates: (settings as { rotates?: boolean }).rotates ?? can.rotates ?? true,
    }),
    create: () => {
      throw new Error('A pools file makes no drivers.');
    },
  };
}

/** `able` can do everything an account needs; the others lack what their names say. */
export const fakeDrivers: ReadonlyMap<string, DriverFactory> = new Map(
  [
    factory('able'),
    factory('fixed', { rotates: false }),
    factory('importing', { provisions: false }),
    factory('opening', { opensAccess: true, staticCredential: false }),
    factory('boxes', {}, ['container']),
  ].map((made) => [made.name, made]),
);
