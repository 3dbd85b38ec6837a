import type { Command } from 'commander';
import type { Schemas } from '../../client';
import { wallMs } from '../../clock';
import { showingCommand } from './command';
import { connect } from './connect';
import { showList } from './output';
import { whoOf } from './queue';
import type { Column } from './table';
import { relative } from './times';

type Holder = Schemas['Holder'];

/** `holdfast holders POOL`: what is lent of a pool, and to whom. */
export function addHolders(program: Command): void {
  showingCommand(program, 'holders', {
    about: 'List what is lent of a pool, to whom, since when and until when.',
    examples: ['holders lab', 'holders lab -o name'],
  })
    .argument('<pool>', 'The name of the pool.')
    .action(async (pool: string, _options: unknown, command: Command) => {
      const rows = await (await connect(command)).pools.holders(pool).all();
      await showList(command, {
        rows,
        name: ({ resource }) => resource.name,
        columns: columns(),
        none: `Nothing of ${pool} is lent.`,
      });
    });
}

function columns(): Column<Holder>[] {
  const now = wallMs();
  return [
    { title: 'RESOURCE', value: ({ resource }) => resource.name },
    { title: 'TYPE', value: ({ resource }) => resource.type, rank: 3 },
    { title: 'HOLDER', value: ({ holder, mine }) => whoOf({ user: holder, mine }) },
    { title: 'SINCE', value: ({ since }) => relative(since, now), rank: 2 },
    { title: 'UNTIL', value: (row) => untilOf(row, now) },
    { title: 'RESERVATION', value: ({ reservationId }) => reservationId ?? '-', rank: 1 },
  ];
}

function untilOf({ status, until }: Holder, now: number): string {
  if (status === 'preparing') return 'preparing';
  return until === null ? 'no end' : relative(until, now);
}
