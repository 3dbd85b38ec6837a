import type { Command } from 'commander';
import type { Reservation } from '../../client';
import { wallMs } from '../../clock';
import { targetOf } from '../remote/connect';
import { lineOf } from '../remote/fields';
import { formatOf, show, writeData } from '../remote/output';
import { relative } from '../remote/times';
import { assignmentLines, variablesOf } from './environment';

/**
 * Writes a loan to stdout: with its credentials, which its holder asked for. `-o env` gives the
 * variables that `exec` gives to a command.
 */
export async function showLoan(
  command: Command,
  loan: Reservation,
  prefix: string | undefined,
): Promise<void> {
  const variables = variablesOf(loan, targetOf(command).url, prefix);
  const { field } = command.optsWithGlobals<{ field?: string }>();
  if (formatOf(command) === 'env' && !field) return writeData(assignmentLines(variables).trimEnd());
  await show(command, { body: loan, name: loan.id, facts: factsOfLoan(loan) });
}

function factsOfLoan({ id, endsAt, resources }: Reservation): [string, string][] {
  const until = endsAt === null ? 'no end' : `${endsAt} (${relative(endsAt, wallMs())})`;
  return [
    ['loan', id],
    ['until', until],
    ...resources.flatMap(({ name, pool, details, credentials }): [string, string][] => [
      ['resource', `${name} of ${pool}`],
      ...Object.entries({ ...details, ...credentials }).map(([field, value]): [string, string] => [
        `  ${field}`,
        lineOf(value),
      ]),
    ]),
  ];
}
