import type { Command } from 'commander';
import type { Schemas } from '../../client';
import { showingCommand } from './command';
import { connect } from './connect';
import { show, showList } from './output';
import type { Column } from './table';
import { spelledDuration } from './times';

type Pool = Schemas['Pool'];

/** `holdfast pools [NAME]`: all pools, or one. */
export function addPools(program: Command): void {
  showingCommand(program, 'pools', {
    about: 'List the pools and what is free in them, or show one of them.',
    examples: ['pools', 'pools free', 'pools free --field counts.available'],
  })
    .argument('[name]', 'The pool to show. Default: all.')
    .action(async (name: string | undefined, _options: unknown, command: Command) => {
      const holdfast = await connect(command);
      if (name !== undefined) {
        const pool = await holdfast.pools.get(name);
        return await show(command, { body: pool, name: pool.name, facts: factsOfPool(pool) });
      }
      const rows = await holdfast.pools.list().all();
      await showList(command, { rows, name: (pool) => pool.name, columns: COLUMNS, none: NONE });
    });
}

const NONE = 'There are no pools.';
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
  return usual === maximum ? spelled(usual) : `${spelled(usual)}, at most ${spelled(maximum)}`;
}

function factsOfPool(pool: Pool): [string, string | number | null][] {
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
