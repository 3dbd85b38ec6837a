import type { Capabilities } from '../domain/lifecycle/operation';
import type { LeasePolicy, PoolPolicy } from '../domain/pools/pool';
import type { Fail } from './accounts';
import type { WrittenPool } from './schema';

/**
 * Throws where the file asks of the driver what it cannot do. Defaults that it cannot keep are no
 * wish.
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
    throw fail(['accounts'], `the driver ${driver} lends no credential of the resource`);
  if (!capabilities.provisions && size > (accounts?.length ?? 0)) {
    throw fail(
      ['size'],
      `the driver ${driver} cannot make resources; list accounts, or use sizing: manual`,
    );
  }
}

/**
 * The number of resources to keep; 0 in a manual pool. Throws where size, sizing and accounts
 * contradict one another.
 */
export function sizeOf({ kind, size, sizing, accounts }: WrittenPool, fail: Fail): number {
  if (accounts && kind !== 'account')
    throw fail(['accounts'], 'only a pool of kind account has accounts');
  if (accounts && size !== undefined && size !== accounts.length) {
    throw fail(['size'], `${accounts.length} accounts are listed; leave it out`);
  }
  if (sizing === 'manual') {
    if (size) throw fail(['size'], 'a pool with sizing: manual has no size');
    return 0;
  }
  const wanted = accounts?.length ?? size;
  if (wanted === undefined)
    throw fail(
      ['size'],
      'is missing; only a pool with sizing: manual, or with accounts in the pools file, has none',
    );
  return wanted;
}

/** Throws where type names repeat. */
export function checkTypes({ types = [] }: WrittenPool, fail: Fail): void {
  types.forEach((type, index) => {
    const first = types.findIndex((other) => other.name === type.name);
    if (first !== index) throw fail(['types', index, 'name'], `is that of types[${first}] too`);
  });
}

/** Throws where the parts of a policy contradict one another. */
export function checkPolicy(policy: PoolPolicy, written: WrittenPool, fail: Fail): void {
  checkLease(policy.lease, fail);
  if (written.lease?.idleExpiry && written.sizing !== 'manual') {
    throw fail(
      ['lease', 'idleExpiry'],
      'only in a pool with sizing: manual do idle resources expire',
    );
  }
  const { backoff, backoffMaximum } = policy.cleaning;
  if (backoff > backoffMaximum)
    throw fail(['cleaning', 'backoff'], 'is over cleaning.backoffMaximum');
}

function checkLease(lease: LeasePolicy, fail: Fail): void {
  const { default: length, maximum, openEnded } = lease;
  if (length === null && !openEnded)
    throw fail(['lease', 'default'], 'never needs lease.openEnded: true');
  if (maximum === null) return;
  if (length === null || length > maximum)
    throw fail(['lease', 'default'], `is over lease.maximum, which is ${maximum / 1000} seconds`);
}
