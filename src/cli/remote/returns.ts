import { Option, type Command } from 'commander';
import type { Holdfast, Schemas } from '../../client';
import { wallMs } from '../../clock';
import { first, pastInstant, queryOf, resourceOf, wholeNumber } from './arguments';
import { showingCommand } from './command';
import { connect } from './connect';
import { showList } from './output';
import type { Column } from './table';
import { relative } from './times';

type Record = Schemas['ReturnRecord'];

interface ReturnsOptions {
  pool?: string;
  resource?: string;
  level?: Record['level'];
  since?: string;
  until?: string;
  limit: number;
}

const LEVELS = ['R0', 'R1', 'R2', 'R3', 'R4'];

/** `holdfast returns`: what each return has shown. */
export function addReturns(program: Command): void {
  showingCommand(program, 'returns', {
    about: 'List the return records, the newest first: what shows that the last holder is out.',
    examples: ['returns --pool lab --since 7d', 'returns --resource lab-1 -o json'],
  })
    .option('--pool <name>', 'Only those of this pool.')
    .option('--resource <resource>', 'Only those of this resource, by id or name.')
    .addOption(new Option('--level <level>', 'Only those of exactly this level.').choices(LEVELS))
    .option('--since <time>', 'From this time on: RFC 3339, or 2h for ago.', pastInstant)
    .option('--until <time>', 'Before this time.', pastInstant)
    .option('--limit <n>', 'At most so many.', wholeNumber, 50)
    .action(async (options: ReturnsOptions, command: Command) => {
      const rows = await first(await listing(await connect(command), options), options.limit);
      const none = 'There are no such return records.';
      await showList(command, { rows, name: ({ seq }) => String(seq), columns: columns(), none });
    });
}

async function listing(holdfast: Holdfast, options: ReturnsOptions) {
  if (options.resource === undefined)
    return holdfast.returns.list(queryOf(options, 'pool', 'level', 'since', 'until'));
  return holdfast.resources.returns((await resourceOf(holdfast, options.resource)).id);
}

function columns(): Column<Record>[] {
  const now = wallMs();
  return [
    { title: 'WHEN', value: ({ at }) => relative(at, now) },
    { title: 'RESOURCE', value: ({ resource }) => resource },
    { title: 'POOL', value: ({ pool }) => pool, rank: 3 },
    {
      title: 'OUTCOME',
      value: ({ outcome }) => outcome,
      colour: ({ outcome }) => (outcome === 'refused' ? 'red' : undefined),
    },
    { title: 'LEVEL', value: ({ level }) => level },
    { title: 'NEEDED', value: ({ needed }) => needed ?? '-', rank: 2 },
    { title: 'CAUSE', value: ({ cause }) => cause, rank: 4 },
    { title: 'SEQ', value: ({ seq }) => seq, right: true, rank: 5 },
  ];
}
