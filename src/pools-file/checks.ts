import type { Capabilities } from '../domain/lifecycle/operation';
import { DEFAULT_CLEANING, DEFAULT_LEASE } from '../domain/pools/pool';
import { eachRight, ifRight } from './partial';
import { isBelow } from '../domain/returns/level';
import { reachOf } from '../domain/returns/demand';
import { cleaningOf, leaseOf, policyOf } from './policy';
import type { Report } from './problem';
import { countListed } from './resources';
import type { WrittenPool } from './schema';

/** Found out about a pool besides its text. */
interface Known {
  capabilities: Capabilities;
  /** The number of resources to keep. */
  size: number;
}

/**
 * A rule of a pool. It reads only the parts that it is about, and late: a wrong part ends the rules
 * that read it, and no others.
 */
type Rule = (written: WrittenPool, known: Known, report: Report) => void;

/**
 * Checks that the parts of a pool fit together, and that the driver can do everything that is
 * written; defaults that it cannot fulfil do not count. Reports each problem.
 */
export function checkPool(written: WrittenPool, known: Known, report: Report): void {
  for (const rule of RULES) ifRight(() => rule(written, known, report));
}

/**
 * The number of resources to keep; 0 in a manual pool. Reports a size that contradicts the rest of
 * the pool.
 */
export function sizeOf(written: WrittenPool, report: Report): number {
  if (written.sizing === 'manual') {
    if (written.size) report(['size'], 'must be left out with sizing: manual');
    return 0;
  }
  const { size } = written;
  const listed = countListed(written);
  if (listed === null && size === undefined)
    report(
      ['size'],
      'is missing; only pools with sizing: manual, or with accounts in the pools file, need none',
    );
  return listed ?? size ?? 0;
}

/** The word for the entries of the list, `resources` if there is none. */
function listNoun({ accounts, resources }: WrittenPool): string {
  return accounts && !resources ? 'accounts' : 'resources';
}

const RULES: readonly Rule[] = [
  function uniqueTypes({ types = [] }, _known, report) {
    eachRight(types, (type, index) => {
      const first = types.findIndex((other) => ifRight(() => other.name) === type.name);
      if (first !== index)
        report(['types', index, 'name'], `is the same as that of types[${first}]`);
    });
  },

  function accountsOfTheirKind({ accounts, kind }, _known, report) {
    if (accounts && kind !== 'account')
      report(['accounts'], 'are allowed only in a pool of kind account');
  },

  function listedSize(written, _known, report) {
    const listed = countListed(written);
    if (listed !== null && written.size !== undefined && written.size !== listed)
      report(['size'], `${listed} ${listNoun(written)} are listed; leave the size out`);
  },

  function rotation({ driver, rotation }, { capabilities }, report) {
    if (capabilities.rotates) return;
    for (const field of ['afterLease', 'interval'] as const)
      ifRight(() => {
        if (rotation?.[field])
          report(['rotation', field], `the driver ${driver} cannot rotate credentials`);
      });
  },

  function simulating({ driver, simulate }, { capabilities }, report) {
    if (simulate && !capabilities.simulates)
      report(['simulate'], `the driver ${driver} does not simulate; leave it out`);
  },

  function passwordsKept({ name, driver, accounts, simulate }, { capabilities }, report) {
    if (accounts?.length && capabilities.simulates && !simulate)
      report(
        ['accounts'],
        `would lose their passwords: the driver ${driver} replaces them by made-up ones that work ` +
          `nowhere, and cleans nothing; use another driver, or, for trial data, write simulate: ` +
          `true in pool ${name}`,
      );
  },

  function staticCredentials({ driver, accounts }, { capabilities }, report) {
    if (accounts && !capabilities.staticCredential)
      report(['accounts'], `the driver ${driver} does not lend static credentials`);
  },

  function provisioning(written, known, report) {
    if (known.capabilities.provisions || known.size <= (countListed(written) ?? 0)) return;
    report(
      ['size'],
      `the driver ${written.driver} cannot create resources; list ${listNoun(written)}, or use ` +
        'sizing: manual',
    );
  },

  /** Somebody must be able to make the spares. */
  function spares(written, known, report) {
    if (!written.spares) return;
    if (written.sizing === 'manual') report(['spares'], 'must be left out with sizing: manual');
    else if (countListed(written) !== null)
      report(['spares'], `must be left out where ${listNoun(written)} are listed`);
    else if (!known.capabilities.provisions)
      report(['spares'], `the driver ${written.driver} cannot create resources`);
  },

  /** A return that can never show enough would keep every resource in quarantine. */
  function proof(written, { capabilities }, report) {
    const { driver, minProof } = written;
    if (!minProof) return;
    const most = capabilities.proves ?? 'R0';
    if (isBelow(most, minProof))
      return report(['minProof'], `the driver ${driver} shows ${most} at most`);
    const reach = reachOf({ capabilities, policy: policyOf(written, capabilities) });
    if (isBelow(reach, minProof))
      report(
        ['minProof'],
        `with this rotation and derived, the driver ${driver} shows ${reach} at most`,
      );
  },

  function leaseLength({ lease = {} }, _known, report) {
    // Only these three: a wrong heartbeat says nothing about the length.
    const parts = fieldsOf(lease, 'default', 'maximum', 'openEnded');
    const { default: length, maximum, openEnded } = leaseOf(DEFAULT_LEASE, parts);
    if (length === null && !openEnded)
      return report(['lease', 'default'], 'may be never only with lease.openEnded: true');
    if (maximum === null) return;
    if (length === null || length > maximum)
      report(
        ['lease', 'default'],
        `must not exceed lease.maximum, which is ${maximum / 1000} seconds`,
      );
  },

  function idleExpiry(written, _known, report) {
    if (written.lease?.idleExpiry && written.sizing !== 'manual')
      report(['lease', 'idleExpiry'], 'is allowed only with sizing: manual');
  },

  function backoff({ cleaning = {} }, _known, report) {
    const parts = fieldsOf(cleaning, 'backoff', 'backoffMaximum');
    const { backoff, backoffMaximum } = cleaningOf(DEFAULT_CLEANING, parts);
    if (backoff > backoffMaximum)
      report(['cleaning', 'backoff'], 'must not exceed cleaning.backoffMaximum');
  },
];

/** Copies fields that are written; one that is absent stays absent, so that its default counts. */
function fieldsOf<T extends object, Field extends keyof T>(
  from: T,
  ...fields: readonly Field[]
): Partial<Pick<T, Field>> {
  const present = fields.filter((field) => from[field] !== undefined);
  return Object.fromEntries(present.map((field) => [field, from[field]])) as Partial<
    Pick<T, Field>
  >;
}
