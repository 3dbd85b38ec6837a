import type { Capabilities } from '../domain/lifecycle/operation';
import type { PoolCopy } from '../domain/pools/pools-file';

/** Environment variables by name, for `${NAME}` in the file. */
export type Env = Readonly<Record<string, string | undefined>>;

/** One account to import. The username and password are secrets. */
export interface AccountSpec {
  name: string;
  type: string;
  username: string;
  password: string;
}

/**
 * A pool as the file wants it, checked and with every default filled in; durations in ms. Holds
 * secrets in `accounts`.
 */
export interface PoolSpec extends Omit<PoolCopy, 'accounts'> {
  /** What the driver can do with these settings. */
  capabilities: Capabilities;
  accounts: AccountSpec[];
}

/** The part of a spec that may be kept: no secrets. */
export function poolCopy(spec: PoolSpec): PoolCopy {
  const { name, kind, driver, settings, sizing, size, types, labels, policy, accounts } = spec;
  return {
    name,
    kind,
    driver,
    settings,
    sizing,
    size,
    types,
    labels,
    policy,
    accounts: accounts.map((account) => account.name),
  };
}
