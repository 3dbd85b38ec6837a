import type { Command } from 'commander';
import type { Schemas } from '../../client';
import { queryOf, resourceOf } from './arguments';
import { showingCommand } from './command';
import { connect } from './connect';
import { show, showList } from './output';
import { factsOfResource } from './resource-facts';
import type { Column } from './table';

type Resource = Schemas['Resource'];

/** `holdfast quarantine`: what is withheld after repeated failures. */
export function addQuarantine(program: Command): void {
  const command = program
    .command('quarantine')
    .description('List what is withheld after repeated failures, and try it again.');
  showingCommand(command, 'list', {
    about: 'List the resources in quarantine, with the reasons.',
    examples: ['quarantine list', 'quarantine list --pool lab'],
  })
    .option('--pool <name>', 'Only those of this pool.')
    .action(list);
  showingCommand(command, 'retry', {
    about: 'Try a quarantined resource again now.',
    examples: ['quarantine retry lab-3'],
  })
    .argument('<resource>', 'Its id or name.')
    .action(async (named: string, _options: unknown, retry: Command) => {
      const holdfast = await connect(retry);
      const { id } = await resourceOf(holdfast, named);
      const body = await holdfast.resources.unquarantine(id);
      await show(retry, { body, name: body.id, facts: factsOfResource(body) });
    });
}

async function list(options: { pool?: string }, command: Command): Promise<void> {
  const holdfast = await connect(command);
  const query = { status: 'quarantined', ...queryOf(options, 'pool') } as const;
  await showList(command, {
    rows: await holdfast.resources.list(query).all(),
    name: ({ name }) => name,
    columns: COLUMNS,
    none: 'Nothing is in quarantine.',
  });
}

const COLUMNS: readonly Column<Resource>[] = [
  { title: 'RESOURCE', value: ({ name }) => name },
  { title: 'POOL', value: ({ pool }) => pool, rank: 2 },
  { title: 'FAILURES', value: ({ failures }) => failures, right: true, rank: 3 },
  { title: 'WHY', value: ({ reason }) => reason ?? '', colour: () => 'red' },
  { title: 'ID', value: ({ id }) => id, rank: 4 },
];
