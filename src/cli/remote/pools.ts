import type { Command } from 'commander';
import type { Holdfast, Schemas } from '../../client';
import { showingCommand } from './command';
import { connect } from './connect';
import { formatOf, show, showList } from './output';
import { stateOfResource } from './resource-facts';
import type { Column } from './table';
import { spelledDuration } from './times';

type Pool = Schemas['Pool'];
type Resource = Schemas['Resource'];
type Fact = [string, string | number | null];

/** `holdfast pools [NAME]`: all pools, or one. */
export function addPools(program: Command): void {
  showingCommand(program, 'pools', {
    about:
      'List the pools and what is free in them, or show one, with what cannot be lent and why.',
    examples: ['pools', 'pools free', 'pools free --field counts.available'],
  })
    .argument('[name]', 'The pool to show. Default: all.')
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      const holdfast = await connect(command);
      if (name !== undefined) {
        const pool = await holdfast.pools.get(name);
        const facts = [...factsOfPool(pool), ...(await resourcesIn(holdfast, pool, command))];
        return await show(command, { body: pool, name: pool.name, facts });
      }
      const rows = await holdfast.pools.list().all();
      await showList(command, { rows, name: (pool) => pool.name, columns: COLUMNS, none: NONE });
    });
}

const NONE = 'There are no pools.';
const PAGE = 1000;
const MOST_SHOWN = 10;
const count = (pool: Pool, state: string) =>
  (pool.counts as Readonly<Record<string, number | undefined>>)[state] ?? 0;

const COLUMNS: readonly Column<Pool>[] = [
  { title: 'POOL', value: ({ name }) => name },
  { title: 'KIND', value: ({ kind }) => kind, rank: 2 },
  {
    title: 'FREE',
    value: (pool) => count(pool, 'available'),
    right: true,
    colour: (pool) => (count(pool, 'available') > 0 ? 'green' : 'yellow'),
  },
  { title: 'LENT', value: (pool) => count(pool, 'allocated'), right: true, rank: 1 },
  { title: 'SIZE', value: ({ size }) => size, right: true },
  { title: 'TYPES', value: (pool) => typesOf(pool), rank: 4 },
  { title: 'LEASE', value: ({ lease }) => leaseOf(lease), rank: 3 },
  { title: 'STATE', value: stateOf, colour: (pool) => (pool.failing ? 'red' : undefined) },
];

/** The state of a pool in few words. */
export function stateOf(pool: Pool): string {
  if (pool.deleting) return 'deleting';
  if (pool.failing) return 'failing';
  return pool.simulated ? 'simulated' : 'ok';
}

function typesOf({ types }: Pool): string {
  return types.map(({ name }) => name).join(', ');
}

function leaseOf({ default: usual, maximum }: Pool['lease']): string {
  const spelled = (seconds: number | null) =>
    seconds === null ? 'no end' : spelledDuration(seconds * 1000);
  if (usual === maximum) return spelled(usual);
  return `${spelled(usual)}, ${maximum === null ? 'no maximum' : `at most ${spelled(maximum)}`}`;
}

/** The names of some that are free, and those that cannot be lent, with the reason that admins read. */
async function resourcesIn(holdfast: Holdfast, pool: Pool, command: Command): Promise<Fact[]> {
  if (formatOf(command) !== 'table') return [];
  const free: string[] = [];
  const absent: Fact[] = [];
  const most = {
    free: Math.min(MOST_SHOWN + 1, count(pool, 'available')),
    absent: mostAbsent(pool),
  };
  for await (const resource of holdfast.resources.list({ pool: pool.name, limit: PAGE })) {
    if (free.length >= most.free && absent.length >= most.absent) break;
    if (resource.available) free.push(resource.name);
    else if (isAbsent(resource) && absent.length < MOST_SHOWN) absent.push(absentFact(resource));
  }
  const names = free.slice(0, MOST_SHOWN).join(', ');
  return [['free', free.length > MOST_SHOWN ? `${names}, …` : names], ...absent];
}

/** None if the counts say so: a large pool is not read for nothing. */
function mostAbsent(pool: Pool): number {
  const present = count(pool, 'available') + count(pool, 'allocated');
  const takenOut = count(pool, 'maintenance') + count(pool, 'draining');
  return count(pool, 'total') > present || takenOut > 0 ? MOST_SHOWN : 0;
}

function isAbsent({ status, adminState }: Resource): boolean {
  return adminState !== 'in_service' || !['available', 'allocated'].includes(status);
}

function absentFact(resource: Resource): Fact {
  const { name, reason, failures } = resource;
  const failed = failures > 0 ? `, failures: ${failures}` : '';
  return [`  ${name}`, `${stateOfResource(resource)}${failed}${reason ? `: ${reason}` : ''}`];
}

function factsOfPool(pool: Pool): Fact[] {
  const states = Object.entries(pool.counts).filter(([state, n]) => n > 0 && state !== 'total');
  return [
    ['pool', pool.name],
    ['state', stateOf(pool)],
    ['why', pool.failing?.reason ?? null],
    ['kind', pool.kind],
    ['types', typesOf(pool)],
    ['driver', pool.driver],
    ['size', pool.sizing === 'managed' ? pool.size : `${pool.size}, by hand`],
    ['now', states.map(([state, n]) => `${n} ${state}`).join(', ')],
    ['lease', leaseOf(pool.lease)],
    [
      'labels',
      Object.entries(pool.labels)
        .map(([name, value]) => `${name}=${value}`)
        .join(', '),
    ],
    ['proof', pool.proof],
  ];
}
