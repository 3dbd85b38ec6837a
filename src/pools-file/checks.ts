import type { Capabilities } from '../domain/lifecycle/operation';
import type { LeasePolicy, PoolPolicy } from '../domain/pools/pool';
import type { Report } from './problem';
import { countListed } from './resources';
import type { WrittenPool } from './schema';

/**
 * Checks that the driver can do everything that is written; defaults that it cannot fulfil do not
 * count. Reports each problem.
 */
export function checkCapabilities(
  written: WrittenPool,
  capabilities: Capabilities,
  size: number,
  report: Report,
): void {
  const { name, driver, rotation, accounts, simulate } = written;
  if (!capabilities.rotates) {
    if (rotation?.afterLease)
      report(['rotation', 'afterLease'], `the driver ${driver} cannot rotate credentials`);
    if (rotation?.interval)
      report(['rotation', 'interval'], `the driver ${driver} cannot rotate credentials`);
  }
  if (simulate && !capabilities.simulates)
    report(['simulate'], `the driver ${driver} does not simulate; leave it out`);
  if (accounts?.length && capabilities.simulates && !simulate)
    report(
      ['accounts'],
      `would lose their passwords: the driver ${driver} replaces them by made-up ones that work ` +
        `nowhere, and cleans nothing; use another driver, or, for trial data, write simulate: true ` +
        `in pool ${name}`,
    );
  if (accounts && !capabilities.staticCredential)
    report(['accounts'], `the driver ${driver} does not lend static credentials`);
  if (!capabilities.provisions && size > (countListed(written) ?? 0)) {
    report(
      ['size'],
      `the driver ${driver} cannot create resources; list ${listNoun(written)}, or use sizing: manual`,
    );
  }
}

/**
 * The number of resources to keep; 0 in a manual pool. Reports size, sizing and accounts that
 * contradict one another.
 */
export function sizeOf(written: WrittenPool, report: Report): number {
  const { kind, size, sizing, accounts } = written;
  const listed = countListed(written);
  if (accounts && kind !== 'account')
    report(['accounts'], 'are allowed only in a pool of kind account');
  if (listed !== null && size !== undefined && size !== listed) {
    report(['size'], `${listed} ${listNoun(written)} are listed; leave the size out`);
  }
  if (sizing === 'manual') {
    if (size) report(['size'], 'must be left out with sizing: manual');
    return 0;
  }
  if (listed === null && size === undefined)
    report(
      ['size'],
      'is missing; only pools with sizing: manual, or with accounts in the pools file, need none',
    );
  return listed ?? size ?? 0;
}

/**
 * Checks that somebody can make the spares of a pool: not in a manual pool, beside listed accounts,
 * or where the driver makes nothing.
 */
export function checkSpares(
  written: WrittenPool,
  { provisions }: Capabilities,
  report: Report,
): void {
  const { driver, spares, sizing } = written;
  if (!spares) return;
  if (sizing === 'manual') report(['spares'], 'must be left out with sizing: manual');
  else if (countListed(written) !== null)
    report(['spares'], `must be left out where ${listNoun(written)} are listed`);
  else if (!provisions) report(['spares'], `the driver ${driver} cannot create resources`);
}

/** The word for the entries of the list, `resources` if there is none. */
function listNoun({ accounts, resources }: WrittenPool): string {
  return accounts && !resources ? 'accounts' : 'resources';
}

/** Checks that type names are unique. */
export function checkTypes({ types = [] }: WrittenPool, report: Report): void {
  types.forEach((type, index) => {
    const first = types.findIndex((other) => other.name === type.name);
    if (first !== index) report(['types', index, 'name'], `is the same as that of types[${first}]`);
  });
}

/** Checks that the parts of a policy fit together. */
export function checkPolicy(policy: PoolPolicy, written: WrittenPool, report: Report): void {
  checkLease(policy.lease, report);
  if (written.lease?.idleExpiry && written.sizing !== 'manual') {
    report(['lease', 'idleExpiry'], 'is allowed only with sizing: manual');
  }
  const { backoff, backoffMaximum } = policy.cleaning;
  if (backoff > backoffMaximum)
    report(['cleaning', 'backoff'], 'must not exceed cleaning.backoffMaximum');
}

function checkLease(lease: LeasePolicy, report: Report): void {
  const { default: length, maximum, openEnded } = lease;
  if (length === null && !openEnded)
    return report(['lease', 'default'], 'may be never only with lease.openEnded: true');
  if (maximum === null) return;
  if (length === null || length > maximum)
    report(
      ['lease', 'default'],
      `must not exceed lease.maximum, which is ${maximum / 1000} seconds`,
    );
}
