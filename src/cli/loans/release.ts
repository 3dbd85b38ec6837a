import type { Command } from 'commander';
import type { Holdfast } from '../../client';
import { tell } from '../alone';
import { Refusal } from '../exit-codes';
import { queryOf } from '../remote/arguments';
import { remoteCommand } from '../remote/command';
import { connect } from '../remote/connect';
import { liveLoans } from '../remote/loan-rows';

/** `holdfast release ID…`: gives loans back, and cancels requests. */
export function addRelease(program: Command): void {
  remoteCommand(program, 'release', {
    about: 'Give loans back, or cancel requests that wait; as an admin also those of others.',
    examples: [
      'release 01922f0c-5c3e-7a51-b9a7-0d3b6c1f2e4a',
      'release 01922f0c-5c3e-7a51-b9a7-0d3b6c1f2e4a --reason "left over from Friday"',
      'release --all',
    ],
  })
    .option('--all', 'All of yours.')
    .option('--reason <text>', 'Why; it stands in the events, and the holder reads it.')
    .argument('[id...]', 'The ids of the loans: `holdfast ls` has them, for admins `ls --all`.')
    .action(release);
}

interface ReleaseOptions {
  all?: boolean;
  reason?: string;
}

async function release(ids: string[], options: ReleaseOptions, command: Command): Promise<void> {
  if (ids.length > 0 === (options.all ?? false))
    throw new Refusal('usage', 'Name the loans, or give --all.');
  const holdfast = await connect(command);
  const all = options.all ? await mine(holdfast) : [...new Set(ids)];
  const why = queryOf(options, 'reason');
  const results = await Promise.allSettled(all.map((id) => holdfast.reservations.delete(id, why)));
  const failures = results.filter((result) => result.status === 'rejected');
  if (all.length - failures.length > 0 || options.all)
    tell(`Released ${all.length - failures.length} of ${all.length}.`);
  for (const { reason } of failures) throw reason as Error;
}

async function mine(holdfast: Holdfast): Promise<string[]> {
  const { id } = await holdfast.me.get();
  return (await liveLoans(holdfast, { user: id })).map((loan) => loan.id);
}
