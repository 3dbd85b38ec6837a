import type { Command } from 'commander';
import { secondsOf } from '../../client/duration';
import { wallMs } from '../../clock';
import { showingCommand } from '../remote/command';
import { connect } from '../remote/connect';
import { show } from '../remote/output';
import { relative } from '../remote/times';

/** `holdfast extend ID DURATION`: moves the end of a lease. */
export function addExtend(program: Command): void {
  showingCommand(program, 'extend', {
    about: 'Move the end of a lease, as far as its pools allow.',
    examples: ['extend 01922f0c-5c3e-7a51-b9a7-0d3b6c1f2e4a 30m'],
  })
    .argument('<id>', 'The loan.')
    .argument('<duration>', 'By how much, such as 30m.')
    .action(async (id: string, duration: string, _options: unknown, command: Command) => {
      const extendSeconds = secondsOf(duration, 'duration');
      const holdfast = await connect(command);
      const body = await holdfast.reservations.update(id, { extendSeconds });
      const { endsAt } = body;
      const until = endsAt === null ? 'no end' : `${endsAt} (${relative(endsAt, wallMs())})`;
      const facts: [string, string][] = [
        ['loan', body.id],
        ['until', until],
      ];
      await show(command, { body, name: body.id, facts });
    });
}
