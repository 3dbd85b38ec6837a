import { Option, type Command } from 'commander';
import type { Holdfast } from '../../client';
import { first, pastInstant, queryOf, wholeNumber } from './arguments';
import { showingCommand } from './command';
import { connect } from './connect';
import { LIVE, liveLoans, loanColumns, type Loan, type LoanQuery } from './loan-rows';
import { showList } from './output';

interface LsOptions {
  all?: true;
  ended?: true;
  status?: Loan['status'];
  pool?: string;
  resource?: string;
  user?: string;
  since?: string;
  until?: string;
  limit: number;
}

const STATUSES = [...LIVE, 'ended'];

/** `holdfast ls`: reservations, by default those of the caller that are not over. */
export function addLs(program: Command): void {
  showingCommand(program, 'ls', {
    about: 'List your loans and queued requests; with --ended also those that are over.',
    examples: ['ls', 'ls --all --pool lab', 'ls --ended --since 7d -o json'],
  })
    .option('--all', "Everybody's, for admins.")
    .option('--user <user>', 'Those of a user, by id, e-mail address or name, for admins.')
    .option('--pool <name>', 'Those that have, had or want something of this pool.')
    .option('--resource <resource>', 'Those that have, had or want this one, by id or name.')
    .addOption(new Option('--status <status>', 'Only in this status.').choices(STATUSES))
    .option('--ended', 'Also those that are over, the newest first.')
    .option(
      '--since <time>',
      'Requested at this time or later: RFC 3339, or 2h for ago.',
      pastInstant,
    )
    .option('--until <time>', 'Requested before this time.', pastInstant)
    .option('--limit <n>', 'With --ended or --status ended: at most so many.', wholeNumber, 100)
    .action(ls);
}

async function ls(options: LsOptions, command: Command): Promise<void> {
  const holdfast = await connect(command);
  const everybody = options.all === true;
  const user = everybody ? options.user : (options.user ?? (await holdfast.me.get()).id);
  const filter = queryOf(options, 'pool', 'resource', 'since', 'until');
  const rows = await loansOf(holdfast, { ...filter, ...(user ? { user } : {}) }, options);
  await showList(command, {
    rows,
    name: ({ id }) => id,
    columns: loanColumns(everybody || options.user !== undefined),
    none: options.ended
      ? 'There are no loans.'
      : 'There are no loans now; --ended shows former ones.',
  });
}

function loansOf(holdfast: Holdfast, query: LoanQuery, { status, ended, limit }: LsOptions) {
  if (status !== undefined && status !== 'ended')
    return holdfast.reservations.list({ ...query, status }).all();
  if (status === undefined && !ended) return liveLoans(holdfast, query);
  const newest = { ...query, ...(status ? { status } : {}), order: 'desc' } as const;
  return first(holdfast.reservations.list(newest), limit);
}
