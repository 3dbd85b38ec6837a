import type { Capabilities } from '../domain/lifecycle/operation';
import type { PoolCopy } from '../domain/pools/pools-file';

/** Environment variables by name, for `${NAME}` in the file. */
export type Env = Readonly<Record<string, string | undefined>>;

/** An account to import. The username and password are secrets. */
export interface AccountSpec {
  name: string;
  type: string;
  username: string;
  password: string;
}

/**
 * A pool of the file, checked and with every default filled in; durations in ms. `accounts` holds
 * secrets.
 */
export interface PoolSpec extends Omit<PoolCopy, 'accounts'> {
  /** The driver's capabilities with these settings. */
  capabilities: Capabilities;
  /** The settings of the driver that only the pools file may set. */
  fileOnly: readonly string[];
  accounts: AccountSpec[];
}

/** The part of a spec that may be stored, without secrets. */
export function poolCopy(spec: PoolSpec): PoolCopy {
  const { name, kind, driver, settings, simulate, sizing, size, spares } = spec;
  const { types, labels, policy, accounts } = spec;
  return {
    name,
    kind,
    driver,
    settings,
    simulate,
    sizing,
    size,
    spares,
    types,
    labels,
    policy,
    accounts: accounts.map((account) => account.name),
  };
}
