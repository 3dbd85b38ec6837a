import type { Command } from 'commander';
import type { BodyOf, Operation } from '../../client';
import { Refusal } from '../exit-codes';
import { futureInstant, resourceOf } from './arguments';
import { showingCommand } from './command';
import { connect } from './connect';
import { show } from './output';
import { factsOfResource } from './resource-facts';

type Change = BodyOf<Operation<'patch', '/v1/resources/{id}'>>;

interface MaintenanceOptions {
  reason?: string;
  until?: string;
  end?: true;
}

const RESOURCE = ['<resource>', 'Its id or name.'] as const;

/** `holdfast drain RESOURCE`: lends it no more, and removes it after its loan. */
export function addDrain(program: Command): void {
  showingCommand(program, 'drain', {
    about:
      'Lend a resource no more, and remove it for good once its loan has ended. To repair it and ' +
      'have it back, see `maintenance`.',
    examples: ['drain lab-3 --reason "its disk fails"', 'drain lab-3 --undo'],
  })
    .argument(...RESOURCE)
    .option('--reason <text>', 'Why; it stands in the events.')
    .option('--undo', 'Put it back into service, if it is still there.')
    .action(async (named: string, options: { reason?: string; undo?: true }, command: Command) => {
      const adminState = options.undo ? 'in_service' : 'draining';
      await change(command, named, { adminState, ...reasonIn(options) });
    });
}

/** `holdfast maintenance RESOURCE`: takes it out of service, and puts it back. */
export function addMaintenance(program: Command): void {
  showingCommand(program, 'maintenance', {
    about: 'Take a resource out of service, for a time or until --end puts it back.',
    examples: ['maintenance lab-3 --reason "new fan" --until 2h', 'maintenance lab-3 --end'],
  })
    .argument(...RESOURCE)
    .option('--reason <text>', 'Why; it stands in the events.')
    .option(
      '--until <time>',
      'When it comes back by itself: RFC 3339, or 2h from now.',
      futureInstant,
    )
    .option('--end', 'Put it back into service.')
    .action(async (named: string, options: MaintenanceOptions, command: Command) => {
      const { until, end } = options;
      if (end && until !== undefined)
        throw new Refusal('usage', '--end and --until exclude each other.');
      const adminState = end ? 'in_service' : 'maintenance';
      await change(command, named, {
        adminState,
        ...reasonIn(options),
        ...(until === undefined ? {} : { until }),
      });
    });
}

function reasonIn({ reason }: { reason?: string }): { reason?: string } {
  return reason === undefined ? {} : { reason };
}

async function change(command: Command, named: string, body: Change): Promise<void> {
  const holdfast = await connect(command);
  const { id } = await resourceOf(holdfast, named);
  const changed = await holdfast.resources.update(id, body);
  await show(command, { body: changed, name: changed.id, facts: factsOfResource(changed) });
}
