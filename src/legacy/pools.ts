import type { Engine } from '../service/engine';
import { legacySection } from '../service/pools/pools-file';

/** The pools that each legacy API sees, by name. */
export interface VisiblePools {
  /** null: every account pool. */
  acctpool: string[] | null;
  containers: string[];
  vms: string;
  tokens: string;
}

/** The pools of the built-in example. */
const DEFAULTS: VisiblePools = {
  acctpool: null,
  containers: ['alpine'],
  vms: 'vms',
  tokens: 'tokens',
};

/**
 * The pools in the `legacy` section of the pools file; the defaults for those that it leaves out.
 */
export async function visiblePools(engine: Engine): Promise<VisiblePools> {
  return { ...DEFAULTS, ...(await legacySection(engine)) };
}
