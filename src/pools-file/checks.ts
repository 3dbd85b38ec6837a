import type { Capabilities } from '../domain/lifecycle/operation';
import type { LeasePolicy, PoolPolicy } from '../domain/pools/pool';
import type { Fail } from './accounts';
import type { WrittenPool } from './schema';

/**
 * Checks that the driver can do everything that is written; defaults that it cannot fulfil do not
 * count. Errors: that of `fail`.
 */
export function checkCapabilities(
  written: WrittenPool,
  capabilities: Capabilities,
  size: number,
  fail: Fail,
): void {
  const { driver, rotation, accounts } = written;
  if (!capabilities.rotates) {
    if (rotation?.afterLease)
      throw fail(['rotation', 'afterLease'], `the driver ${driver} cannot rotate credentials`);
    if (rotation?.interval)
      throw fail(['rotation', 'interval'], `the driver ${driver} cannot rotate credentials`);
  }
  if (accounts && !capabilities.staticCredential)
    throw fail(['accounts'], `the driver ${driver} does not lend static credentials`);
  if (!capabilities.provisions && size > (accounts?.length ?? 0)) {
    throw fail(
      ['size'],
      `the driver ${driver} cannot create resources; list accounts, or use sizing: manual`,
    );
  }
}

/**
 * The number of resources to keep; 0 in a manual pool. Errors: that of `fail` if size, sizing and
 * accounts contradict one another.
 */
export function sizeOf({ kind, size, sizing, accounts }: WrittenPool, fail: Fail): number {
  if (accounts && kind !== 'account')
    throw fail(['accounts'], 'are allowed only in a pool of kind account');
  if (accounts && size !== undefined && size !== accounts.length) {
    throw fail(['size'], `${accounts.length} accounts are listed; leave the size out`);
  }
  if (sizing === 'manual') {
    if (size) throw fail(['size'], 'must be left out with sizing: manual');
    return 0;
  }
  const wanted = accounts?.length ?? size;
  if (wanted === undefined)
    throw fail(
      ['size'],
      'is missing; only pools with sizing: manual, or with accounts in the pools file, need none',
    );
  return wanted;
}

/**
 * Checks that somebody can make the spares of a pool. Errors: that of `fail` in a manual pool, beside
 * listed accounts, and where the driver makes nothing.
 */
export function checkSpares(
  { driver, spares, sizing, accounts }: WrittenPool,
  { provisions }: Capabilities,
  fail: Fail,
): void {
  if (!spares) return;
  if (sizing === 'manual') throw fail(['spares'], 'must be left out with sizing: manual');
  if (accounts) throw fail(['spares'], 'must be left out where accounts are listed');
  if (!provisions) throw fail(['spares'], `the driver ${driver} cannot create resources`);
}

/** Checks that type names are unique. Errors: that of `fail`. */
export function checkTypes({ types = [] }: WrittenPool, fail: Fail): void {
  types.forEach((type, index) => {
    const first = types.findIndex((other) => other.name === type.name);
    if (first !== index)
      throw fail(['types', index, 'name'], `is the same as that of types[${first}]`);
  });
}

/** Checks that the parts of a policy fit together. Errors: that of `fail`. */
export function checkPolicy(policy: PoolPolicy, written: WrittenPool, fail: Fail): void {
  checkLease(policy.lease, fail);
  if (written.lease?.idleExpiry && written.sizing !== 'manual') {
    throw fail(['lease', 'idleExpiry'], 'is allowed only with sizing: manual');
  }
  const { backoff, backoffMaximum } = policy.cleaning;
  if (backoff > backoffMaximum)
    throw fail(['cleaning', 'backoff'], 'must not exceed cleaning.backoffMaximum');
}

function checkLease(lease: LeasePolicy, fail: Fail): void {
  const { default: length, maximum, openEnded } = lease;
  if (length === null && !openEnded)
    throw fail(['lease', 'default'], 'may be never only with lease.openEnded: true');
  if (maximum === null) return;
  if (length === null || length > maximum)
    throw fail(
      ['lease', 'default'],
      `must not exceed lease.maximum, which is ${maximum / 1000} seconds`,
    );
}
