import { z } from 'zod';
import type { Capabilities } from '../../domain/lifecycle/operation';
import { LEVELS, type Level } from '../../domain/returns/level';

/** The calls that can be made to fail or to be slow. */
export const SIMULATED_CALLS = [
  'provision',
  'verify',
  'clean',
  'issueCredential',
  'retireCredential',
  'checkCredential',
  'openAccess',
  'closeAccess',
  'destroy',
  'list',
  'remove',
] as const;
export type SimulatedCall = (typeof SIMULATED_CALLS)[number];

const milliseconds = z.number().min(0).max(3_600_000);

export const simulatedSettings = z.strictObject({
  /** The latency of every call, in ms, and the most that is added to it at random. */
  latencyMs: milliseconds.default(0),
  latencyJitterMs: milliseconds.default(0),
  /** The share of calls that fail at random, from 0 to 1. */
  failureRates: z.partialRecord(z.enum(SIMULATED_CALLS), z.number().min(0).max(1)).default({}),
  /** No call is answered, as in an outage of the back end. */
  backendDown: z.boolean().default(false),
  provisions: z.boolean().default(true),
  rotates: z.boolean().default(true),
  opensAccess: z.boolean().default(false),
  leavesNothing: z.boolean().default(false),
  replaces: z.boolean().default(false),
  /** The level that returns are made out to show; by default what the rest amounts to. */
  proves: z.enum(LEVELS).optional(),
});
export type SimulatedSettings = z.output<typeof simulatedSettings>;

/**
 * The capabilities of a driver with these settings. Holders get access of their own, or are lent the
 * static credential.
 */
export function simulatedCapabilities(settings: SimulatedSettings): Capabilities {
  // Each is found when it is asked for: a setting that is wrong hides only what it decides.
  return {
    get provisions() {
      return settings.provisions;
    },
    get rotates() {
      return settings.rotates;
    },
    get opensAccess() {
      return settings.opensAccess;
    },
    get accessByKey() {
      return settings.opensAccess;
    },
    get staticCredential() {
      return !settings.opensAccess;
    },
    get leavesNothing() {
      return settings.leavesNothing;
    },
    simulates: true,
    get replaces() {
      return settings.replaces;
    },
    get proves() {
      return settings.proves ?? defaultLevel(settings);
    },
  };
}

/** Things that are replaced are new; a login that is revoked is refused. */
function defaultLevel({ replaces, rotates, opensAccess }: SimulatedSettings): Level {
  if (replaces) return 'R4';
  return rotates || opensAccess ? 'R1' : 'R0';
}
