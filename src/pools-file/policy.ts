import type { Capabilities } from '../domain/lifecycle/operation';
import {
  defaultPolicy,
  type CleaningPolicy,
  type LeasePolicy,
  type PoolPolicy,
  type RotationPolicy,
} from '../domain/pools/pool';
import type { WrittenPool } from './schema';

/**
 * The policy of a pool: as written, completed by the defaults of its kind that its driver can
 * fulfil.
 */
export function policyOf(written: WrittenPool, capabilities: Capabilities): PoolPolicy {
  const standard = defaultPolicy(written.kind);
  return {
    lease: leaseOf(standard.lease, written.lease ?? {}),
    cleaning: cleaningOf(standard.cleaning, written.cleaning ?? {}),
    verification: { ...standard.verification, ...written.verification },
    rotation: rotationOf(standard.rotation, written.rotation ?? {}, capabilities),
    pick: written.pick ?? standard.pick,
    concurrency: written.concurrency ?? standard.concurrency,
    minProof: written.minProof ?? null,
    derived: written.derived ?? standard.derived,
    shareHolders: written.shareHolders ?? standard.shareHolders,
  };
}

/**
 * A pool that may lend open-ended has no maximum unless one is written. A default that is not written
 * is lowered to the maximum.
 */
export function leaseOf(standard: LeasePolicy, written: Partial<LeasePolicy>): LeasePolicy {
  const lease = { ...standard, ...(written.openEnded ? { maximum: null } : {}), ...written };
  if (written.default !== undefined || lease.maximum === null || lease.default === null)
    return lease;
  return { ...lease, default: Math.min(lease.default, lease.maximum) };
}

/** A maximum of the backoff that is not written is raised to the backoff. */
export function cleaningOf<Cleaning extends Backoff>(
  standard: Cleaning,
  written: Partial<Cleaning>,
): Cleaning {
  const cleaning = { ...standard, ...written };
  if (written.backoffMaximum !== undefined) return cleaning;
  return { ...cleaning, backoffMaximum: Math.max(cleaning.backoff, cleaning.backoffMaximum) };
}

type Backoff = Pick<CleaningPolicy, 'backoff' | 'backoffMaximum'>;

function rotationOf(
  standard: RotationPolicy,
  written: Partial<RotationPolicy>,
  { rotates }: Capabilities,
): RotationPolicy {
  return rotates ? { ...standard, ...written } : { afterLease: false, interval: null };
}
