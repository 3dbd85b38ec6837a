import type { Command } from 'commander';
import type { Schemas } from '../../client';
import { wallMs } from '../../clock';
import { first, wholeNumber } from './arguments';
import { showingCommand } from './command';
import { connect } from './connect';
import { showList } from './output';
import type { Column } from './table';
import { relative } from './times';

type Delivery = Schemas['WebhookDelivery'];

/** `holdfast webhooks deliveries ID`: what a webhook was sent. */
export function addDeliveries(parent: Command): void {
  showingCommand(parent, 'deliveries', {
    about: 'List what a webhook was sent, the newest event first.',
    examples: ['webhooks deliveries 0197f6d2-…'],
  })
    .argument('<id>', 'The id of the webhook.')
    .option('--limit <n>', 'At most so many.', wholeNumber, 50)
    .action(async (id: string, { limit }: { limit: number }, command: Command) => {
      await showList(command, {
        rows: await first((await connect(command)).webhooks.deliveries(id), limit),
        name: (delivery) => delivery.id,
        columns: columns(),
        none: 'It was sent nothing yet.',
      });
    });
}

function columns(): Column<Delivery>[] {
  const now = wallMs();
  return [
    { title: 'EVENT', value: ({ type }) => type },
    { title: 'SEQ', value: ({ seq }) => seq, right: true },
    { title: 'STATE', value: ({ state }) => state },
    { title: 'TRIES', value: ({ tries }) => tries, right: true, rank: 3 },
    { title: 'LAST', value: ({ lastTryAt }) => relative(lastTryAt, now), rank: 2 },
    { title: 'NEXT', value: ({ nextTryAt }) => relative(nextTryAt, now), rank: 4 },
    { title: 'ANSWER', value: (row) => row.lastError ?? row.lastStatus ?? '-', rank: 1 },
  ];
}
