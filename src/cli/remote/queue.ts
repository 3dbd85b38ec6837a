import type { Command } from 'commander';
import type { Schemas } from '../../client';
import { wallMs } from '../../clock';
import { showingCommand } from './command';
import { connect } from './connect';
import { showList } from './output';
import type { Column } from './table';
import { relative } from './times';

type Entry = Schemas['QueueEntry'];

/** `holdfast queue POOL`: the requests that wait for a pool, in order. */
export function addQueue(program: Command): void {
  showingCommand(program, 'queue', {
    about: 'List the requests that wait for a pool, in order, with what each lacks.',
    examples: ['queue lab'],
  })
    .argument('<pool>', 'The name of the pool.')
    .action(async (pool: string, _options: unknown, command: Command) => {
      const rows = await (await connect(command)).pools.queue(pool).all();
      await showList(command, {
        rows,
        name: ({ reservationId }) => reservationId ?? '-',
        columns: columns(),
        none: `Nobody waits for ${pool}.`,
      });
    });
}

function columns(): Column<Entry>[] {
  const now = wallMs();
  return [
    { title: 'PLACE', value: placeOf, right: true },
    { title: 'WHO', value: whoOf },
    { title: 'WANTS', value: ({ items }) => items.map((item) => wanted(item)).join(' + ') },
    { title: 'LACKS', value: lackOf, right: true, rank: 1 },
    { title: 'SINCE', value: ({ since }) => relative(since, now), rank: 2 },
    { title: 'PRIORITY', value: ({ priority }) => priority, right: true, rank: 4 },
    { title: 'PARKED', value: ({ parked }) => (parked ? 'yes' : 'no'), rank: 5 },
    { title: 'RESERVATION', value: ({ reservationId }) => reservationId ?? '-', rank: 3 },
  ];
}

function placeOf({ position, positionIsExact }: Entry): string {
  return `${positionIsExact ? '' : '>'}${position}`;
}

/** The name of somebody in a list, as far as the caller may read it. */
export function whoOf({ user, mine }: Pick<Entry, 'user' | 'mine'>): string {
  return mine ? 'you' : (user?.name ?? 'somebody');
}

function wanted({ count, types, resourceId }: Entry['items'][number]): string {
  return `${count} ${resourceId ?? types.join('|')}`;
}

function lackOf({ items }: Entry): number {
  return items.reduce((sum, { missing }) => sum + missing, 0);
}
