import type { Command } from 'commander';
import type { Schemas } from '../../client';
import { Holdfast } from '../../client';
import { wallMs } from '../../clock';
import { showingCommand } from './command';
import { patienceOf, targetOf } from './connect';
import { liveLoans, statusOf, type Loan } from './loan-rows';
import { show } from './output';
import { factsOf } from './table';
import { relative } from './times';

type Facts = [string, string | null][];

interface Mine {
  me: Schemas['Me'];
  loans: Loan[];
  pools: Schemas['Pool'][];
}

/** `holdfast status`: the server, the caller, their loans and the pools in short. */
export function addStatus(program: Command): void {
  showingCommand(program, 'status', {
    about: 'Show in short whether the server is up, who you are, what you hold, and what is free.',
    examples: ['status', 'status --field version.version'],
  }).action(status);
}

async function status(_options: unknown, command: Command): Promise<void> {
  const target = targetOf(command);
  const holdfast = new Holdfast({ ...target, retryFor: patienceOf(command) });
  const { body: version } = await holdfast.request<Schemas['Version']>({
    method: 'GET',
    path: '/version',
  });
  const mine = target.token === undefined ? null : await mineOf(holdfast);
  const { url, context } = target;
  await show(command, {
    body: { server: { url, context }, version, ...(mine ?? { me: null, loans: [], pools: [] }) },
    name: url,
    facts: factsOf([
      ['server', context === null ? url : `${url} (${context})`],
      ['version', version.version],
      ...(mine === null ? NOBODY : factsOfMine(mine)),
    ]),
  });
}

const NOBODY: Facts = [['you', 'not signed in; see `holdfast login`']];

async function mineOf(holdfast: Holdfast): Promise<Mine> {
  const me = await holdfast.me.get();
  const [loans, pools] = await Promise.all([
    liveLoans(holdfast, { user: me.id }),
    holdfast.pools.list().all(),
  ]);
  return { me, loans, pools };
}

function factsOfMine({ me, loans, pools }: Mine): Facts {
  const now = wallMs();
  const held = loans.map((loan) => `${loan.id} ${statusOf(loan)}, ${endOf(loan, now)}`);
  const free = pools.map(({ name, counts, size }) => `${name} ${counts.available ?? 0}/${size}`);
  return [
    ['you', `${me.name}, ${me.role}`],
    ...(held.length === 0 ? ['none'] : held).map((loan, index): [string, string] => [
      index === 0 ? 'loans' : '',
      loan,
    ]),
    ['free', free.join(', ') || 'no pools'],
  ];
}

function endOf({ status, endsAt, requestedAt }: Loan, now: number): string {
  if (status !== 'active') return `asked ${relative(requestedAt, now)}`;
  return endsAt === null ? 'without an end' : `ends ${relative(endsAt, now)}`;
}
