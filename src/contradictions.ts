import type { Settings } from './config-schema';
import { ifRight } from './pools-file/partial';

/** Two variables that cannot both be meant. */
export interface Contradiction {
  field: string;
  /** The other variable, which is set if `field` is not. */
  beside: string;
  message: string;
}

interface Rule extends Contradiction {
  isBroken(settings: Settings): boolean;
}

const RULES: readonly Rule[] = [
  {
    field: 'MASTER_KEY_FILE',
    beside: 'MASTER_KEY',
    message: 'MASTER_KEY is set as well; set only one of them.',
    isBroken: ({ MASTER_KEY: key, MASTER_KEY_FILE: file }) => Boolean(key && file),
  },
  {
    field: 'KEEP_RESERVATIONS',
    beside: 'KEEP_IDEMPOTENCY_KEYS',
    message:
      'must not be shorter than KEEP_IDEMPOTENCY_KEYS: a repeated request is answered with its ' +
      'reservation.',
    isBroken: ({ KEEP_RESERVATIONS: kept, KEEP_IDEMPOTENCY_KEYS: keys }) => kept < keys,
  },
  {
    field: 'GITHUB_CLIENT_SECRET',
    beside: 'GITHUB_CLIENT_ID',
    message: 'belongs to GITHUB_CLIENT_ID; set both or neither.',
    isBroken: ({ GITHUB_CLIENT_ID: id, GITHUB_CLIENT_SECRET: secret }) =>
      (id === undefined) !== (secret === undefined),
  },
  {
    field: 'METRICS',
    beside: 'PORT',
    message: 'is the address of the API; use another port, or METRICS=true.',
    isBroken: ({ METRICS: metrics, HOST: host, PORT: port }) =>
      typeof metrics === 'object' && port > 0 && metrics.port === port && metrics.host === host,
  },
  {
    field: 'MAX_CONNECTIONS_PER_ADDRESS',
    beside: 'MAX_CONNECTIONS',
    message: 'must not exceed MAX_CONNECTIONS, the limit for all addresses together.',
    isBroken: ({ MAX_CONNECTIONS: all = Infinity, MAX_CONNECTIONS_PER_ADDRESS: each = 0 }) =>
      each > all,
  },
];

/** The variables that contradict each other, among those that are right. */
export function contradictionsIn(settings: Settings): Contradiction[] {
  return RULES.filter((rule) => ifRight(() => rule.isBroken(settings)));
}
