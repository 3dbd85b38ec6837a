import type { z } from 'zod';
import { spelled } from '../domain/field';
import { sameJson } from '../domain/merge';
import type { Capabilities } from '../domain/lifecycle/operation';
import { whyNoSeats } from '../domain/pools/seats';
import type { ListingRules } from '../drivers/driver';
import type { PlacedPool } from './file-checks';
import { eachRight, ifRight, parsedParts, valueOf } from './partial';
import type { FieldPath, Report } from './problem';
import type { WrittenPool } from './schema';
import type { ListedSpec } from './spec';

/** The longest name of a resource. */
const LONGEST_NAME = 63;

/** The driver of a pool, as its settings make it. */
export interface ListingDriver {
  capabilities: Capabilities;
  rules: ListingRules;
}

/** Checks that the driver can lend what `resources` lists, and that it accepts each entry. */
export function checkResources(
  written: WrittenPool,
  listed: readonly ListedSpec[],
  found: ListingDriver,
  report: Report,
): void {
  ifRight(() => {
    const { name, driver, simulate, resources = [] } = written;
    if (resources.length > 0 && found.capabilities.simulates && !simulate)
      report(
        ['resources'],
        `would lose their secrets: the driver ${driver} replaces them by made-up ones that work ` +
          `nowhere, and cleans nothing; use another driver, or, for trial data, write simulate: ` +
          `true in pool ${name}`,
      );
  });
  for (const entry of entriesOf(listed))
    for (const rule of RULES) ifRight(() => rule(entry, written, found, report));
}

/** A rule of one entry. It ends, without a report, where it reads a part that is wrong. */
type Rule = (entry: ListedSpec, written: WrittenPool, found: ListingDriver, report: Report) => void;

const RULES: readonly Rule[] = [
  function lengthOfName({ at, name }, _written, _found, report) {
    if (name.length > LONGEST_NAME)
      report([...at, 'name'], `is too long with its seats: ${name.length} characters, not 63`);
  },

  function seats({ at, seatOf }, { kind, driver }, { capabilities }, report) {
    const noSeats = seatOf === null ? null : whyNoSeats({ kind, driver, capabilities });
    if (noSeats !== null) report([...at, 'seats'], `must be left out: ${noSeats}`);
  },

  function staticCredential({ at, secrets }, { driver }, { capabilities }, report) {
    if (Object.keys(secrets).length > 0 && !capabilities.staticCredential)
      report([...at, 'secrets'], `the driver ${driver} does not lend static credentials`);
  },

  function fields({ at, fields }, _written, { rules }, report) {
    checkValues(rules.fields, fields, [...at, 'fields'], report);
  },

  function secrets({ at, secrets }, _written, { rules }, report) {
    checkValues(rules.secrets, secrets, [...at, 'secrets'], report);
  },
];

/** The last seat of each entry of `resources`, whose name is the longest. */
function entriesOf(listed: readonly ListedSpec[]): ListedSpec[] {
  const isLast = (each: ListedSpec, index: number) => each.at !== listed[index + 1]?.at;
  return listed.filter(isLast).filter((each) => each.at[0] === 'resources');
}

function checkValues(
  schema: z.ZodType | undefined,
  values: object,
  at: FieldPath,
  report: Report,
): void {
  if (schema) parsedParts(schema, values, at, report);
}

/** A listed resource and the pool that lists it. */
interface Placed {
  pool: PlacedPool;
  at: FieldPath;
  each: ListedSpec;
}

/**
 * Checks that no listed resource has the name of another, and that nothing is listed twice at one
 * back end: it would be lent to two holders. (Two accounts are compared by `checkAccountsOnce`.)
 */
export function checkResourcesOnce(pools: readonly PlacedPool[], report: Report): void {
  const all = pools.flatMap((pool): Placed[] =>
    pool.listed.map((each) => ({ pool, at: [...pool.at, ...each.at], each })),
  );
  const byName = pairsOf(all, ({ each }) => each.name);
  for (const [other, { at }] of byName)
    report(
      [...at, 'name'],
      `is the same as that of another one of pool ${String(other.pool.name)}`,
    );
  const withSecrets = all.filter(({ each }) => Object.keys(each.secrets).length > 0);
  for (const [{ pool, each }, { at }] of pairsOf(withSecrets, thingOf))
    report(
      [...at, 'secrets'],
      `are those of ${each.seatOf ?? each.name} in pool ${String(pool.name)}; to lend one thing to several ` +
        'holders, give it seats',
    );
}

/**
 * The entries with the same key as an earlier one, each once and with that one; at least one of them
 * is in `resources`.
 */
function pairsOf(all: readonly Placed[], keyOf: (placed: Placed) => string): [Placed, Placed][] {
  const first = new Map<string, Placed>();
  const pairs = new Map<string, [Placed, Placed]>();
  eachRight(all, (placed) => {
    const key = keyOf(placed);
    const other = first.get(key);
    if (!other) first.set(key, placed);
    else if (!sameJson(other.at, placed.at) && [other, placed].some(isResource))
      pairs.set(spelled(placed.at), [other, placed]);
  });
  return [...pairs.values()];
}

function isResource({ each }: Placed): boolean {
  return each.at[0] === 'resources';
}

/** The same text for the same thing at the same back end. */
function thingOf({ pool, each }: Placed): string {
  const sorted = (fields: object) => Object.entries(fields).sort(([a], [b]) => (a < b ? -1 : 1));
  const { driver, settings = {} } = valueOf(pool.written);
  return JSON.stringify([driver, sorted(settings), sorted(each.fields), sorted(each.secrets)]);
}
