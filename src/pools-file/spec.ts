import type { Capabilities } from '../domain/lifecycle/operation';
import type { ListedCopy, PoolCopy } from '../domain/pools/pools-file';
import type { FieldPath } from './problem';

/** Environment variables by name, for `${NAME}` in the file. */
export type Env = Readonly<Record<string, string | undefined>>;

/** An account to import. The username and password are secrets. */
export interface AccountSpec {
  name: string;
  type: string;
  username: string;
  password: string;
}

/** A listed resource to import: an account, or one seat of a resource. Its secrets are secrets. */
export interface ListedSpec extends ListedCopy {
  type: string;
  /** The entry of which it is a seat; null: the entry has no seats. */
  seatOf: string | null;
  secrets: Readonly<Record<string, string>>;
  /** The place of its entry within the pool. */
  at: FieldPath;
}

/**
 * A pool of the file, checked and with every default filled in; durations in ms. `accounts` and
 * `listed` hold secrets.
 */
export interface PoolSpec extends Omit<PoolCopy, 'listed'> {
  /** The driver's capabilities with these settings. */
  capabilities: Capabilities;
  /** The settings of the driver that only the pools file may set. */
  fileOnly: readonly string[];
  accounts: AccountSpec[];
  /** Everything that the pool lists, accounts included. */
  listed: ListedSpec[];
}

/** The part of a spec that may be stored, without secrets. */
export function poolCopy(spec: PoolSpec): PoolCopy {
  const { name, kind, driver, settings, simulate, sizing, size, spares } = spec;
  const { types, labels, policy, listed } = spec;
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
    listed: listed.map((each) => ({ name: each.name, fields: each.fields })),
  };
}
