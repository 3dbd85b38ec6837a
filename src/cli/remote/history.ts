import type { Command } from 'commander';
import type { Schemas } from '../../client';
import { tell } from '../alone';
import { wholeNumber } from './arguments';
import { showingCommand } from './command';
import { connect } from './connect';
import { show } from './output';
import { tableOf, type Column } from './table';
import { spelledDuration } from './times';

type History = Schemas['History'];
type Step = History['steps'][number];

/** A bar of a whole, in characters. */
const BAR = 20;
/** Blocks by their eighths of a character. */
const EIGHTHS = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** `holdfast history [POOL]`: how a pool, or all of them, was used. */
export function addHistory(program: Command): void {
  showingCommand(program, 'history', {
    about:
      'Show by the day how much of a pool was lent, how long people waited and returns took, and ' +
      'what failed. Days are those of UTC; 1 and 2 days are shown by the hour.',
    examples: ['history lab', 'history --days 90', 'history lab --days 1 -o json'],
  })
    .argument('[pool]', 'The name of the pool. Default: all together.')
    .option('--days <n>', 'So many days, today included.', wholeNumber, 14)
    .action(async (pool: string | undefined, { days }: { days: number }, command: Command) => {
      const holdfast = await connect(command);
      const body =
        pool === undefined
          ? await holdfast.history.get({ days })
          : await holdfast.pools.history(pool, { days });
      const facts = tableOf(body.steps, columnsFor(body.step));
      await show(command, { body, name: body.pool ?? 'all', facts });
      if (!body.isComplete) tell(NOT_COMPLETE);
    });
}

const NOT_COMPLETE = 'The server is still counting what has ended: some of it is missing.';

function columnsFor(step: History['step']): Column<Step>[] {
  return [
    step === 'day'
      ? { title: 'DAY', value: ({ since }) => since.slice(0, 10) }
      : { title: 'HOUR (UTC)', value: ({ since }) => since.slice(0, 16).replace('T', ' ') },
    { title: 'USED', value: ({ use }) => percentOf(use.share), right: true },
    { title: '', value: ({ use }) => barOf(use.share) || ' ', rank: 4 },
    { title: 'LOANS', value: ({ loans }) => loans.started, right: true },
    { title: 'WAIT', value: ({ waits }) => spelledSeconds(waits.p50Seconds), right: true },
    {
      title: '95 OF 100',
      value: ({ waits }) => spelledSeconds(waits.p95Seconds),
      right: true,
      rank: 3,
    },
    { title: 'UNSERVED', value: ({ waits }) => sumOf(waits.unserved), right: true, rank: 5 },
    {
      title: 'RETURN',
      value: ({ returns }) => spelledSeconds(returns.p50Seconds),
      right: true,
      rank: 2,
    },
    {
      title: 'FAILED',
      value: ({ failures }) => failures.calls,
      right: true,
      rank: 1,
      colour: ({ failures }) => (failures.calls > 0 ? 'yellow' : undefined),
    },
    {
      title: 'LOST',
      value: ({ failures }) => failures.lostLeases,
      right: true,
      rank: 6,
      colour: ({ failures }) => (failures.lostLeases > 0 ? 'red' : undefined),
    },
  ];
}

function percentOf(share: number | null): string {
  return share === null ? '-' : `${Math.round(share * 100)} %`;
}

/** A bar as long as the share of `BAR` characters, to an eighth of one. */
export function barOf(share: number | null): string {
  const eighths = Math.round((share ?? 0) * BAR * EIGHTHS.length);
  return '█'.repeat(Math.floor(eighths / EIGHTHS.length)) + EIGHTHS[eighths % EIGHTHS.length]!;
}

/** Spells a duration that may be shorter than a second; a dash for none. */
export function spelledSeconds(seconds: number | null): string {
  if (seconds === null) return '-';
  return seconds > 0 && seconds < 1
    ? `${Math.round(seconds * 1000)}ms`
    : spelledDuration(seconds * 1000);
}

function sumOf(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, each) => sum + each, 0);
}
