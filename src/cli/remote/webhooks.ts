import { Option, type Command } from 'commander';
import type { Schemas } from '../../client';
import { tell } from '../alone';
import { Refusal } from '../exit-codes';
import { queryOf, wholeNumber, words } from './arguments';
import { remoteCommand, showingCommand } from './command';
import { connect } from './connect';
import { show, showList, type Shown } from './output';
import type { Column } from './table';
import { addDeliveries } from './webhook-deliveries';

type Webhook = Schemas['Webhook'];

interface WebhookOptions {
  types?: string[];
  pool?: string;
  description?: string;
  state?: Webhook['state'];
}

const ID = ['<id>', 'The id of the webhook.'] as const;

/** `holdfast webhooks`: addresses that events are sent to. */
export function addWebhooks(program: Command): void {
  const command = program
    .command('webhooks')
    .description('List, add, change, test or remove webhooks, and see what they were sent.');
  showingCommand(command, 'list', { about: 'List webhooks.', examples: ['webhooks list'] }).action(
    list,
  );
  described(showingCommand(command, 'add', ADD))
    .option('--everybody', "Tell it of everybody's events, for admins.")
    .argument('<url>', 'The address.')
    .action(add);
  described(showingCommand(command, 'change', CHANGE))
    .option('--address <url>', 'Its new address.')
    .argument(...ID)
    .action(change);
  addSecret(command);
  addTest(command);
  addDeliveries(command);
  remoteCommand(command, 'remove', {
    about: 'Delete a webhook, and what waits for it.',
    examples: ['webhooks remove 0197f6d2-…'],
  })
    .argument(...ID)
    .action(async (id: string, _options: unknown, each: Command) => {
      await (await connect(each)).webhooks.delete(id);
      tell(`The webhook ${id} is deleted.`);
    });
}

const ADD = {
  about: 'Have events sent to an address. The secret that signs them is shown only now.',
  examples: ['webhooks add https://hooks.example.org/x --types lease.ending,lease.lost'],
};
const CHANGE = {
  about: 'Change a webhook; with --state active it is tried again.',
  examples: ['webhooks change 0197f6d2-… --state disabled'],
};

function described(command: Command): Command {
  return command
    .option('--types <types>', 'The types of events, separated by commas.', words)
    .option('--pool <name>', 'Only events about this pool.')
    .option('--description <text>', 'A word for the list.')
    .addOption(new Option('--state <state>', 'Its state.').choices(['active', 'disabled']));
}

function bodyOf(options: WebhookOptions): Omit<Schemas['WebhookChange'], 'url'> {
  return queryOf(options as Schemas['WebhookChange'], 'types', 'pool', 'description', 'state');
}

async function add(
  url: string,
  options: WebhookOptions & { everybody?: true },
  command: Command,
): Promise<void> {
  const body = { ...bodyOf(options), ...queryOf(options, 'everybody'), url };
  const made = await (await connect(command)).webhooks.create(body);
  const shown = shownOf(made);
  await show(command, {
    ...shown,
    body: made,
    facts: [['secret', made.secret], ...(shown.facts as [string, string][])],
  });
}

async function change(
  id: string,
  options: WebhookOptions & { address?: string },
  command: Command,
): Promise<void> {
  const { address } = options;
  const body = { ...bodyOf(options), ...(address === undefined ? {} : { url: address }) };
  if (Object.keys(body).length === 0) throw new Refusal('usage', 'Nothing is to be changed.');
  await show(command, shownOf(await (await connect(command)).webhooks.update(id, body)));
}

function addSecret(parent: Command): void {
  showingCommand(parent, 'secret', {
    about: 'Give a webhook another secret; the former one signs for another day.',
    examples: ['webhooks secret 0197f6d2-… --field secret'],
  })
    .argument(...ID)
    .action(async (id: string, _options: unknown, each: Command) => {
      const body = await (await connect(each)).webhooks.rotateSecret(id);
      await show(each, { body, name: id, facts: [['secret', body.secret]] });
    });
}

function addTest(parent: Command): void {
  remoteCommand(parent, 'test', {
    about: 'Send a webhook an event that only it gets.',
    examples: ['webhooks test 0197f6d2-…'],
  })
    .argument(...ID)
    .action(async (id: string, _options: unknown, each: Command) => {
      await (await connect(each)).webhooks.test(id);
      tell(`It will be sent soon; see: holdfast webhooks deliveries ${id}`);
    });
  remoteCommand(parent, 'replay', {
    about: 'Send a webhook one event, or a range of them, again.',
    examples: ['webhooks replay 0197f6d2-… --from 120 --to 130'],
  })
    .argument(...ID)
    .requiredOption('--from <seq>', 'The number of the first event.', wholeNumber)
    .option('--to <seq>', 'The number of the last one. Default: the newest.', wholeNumber)
    .action(async (id: string, { from, to }: { from: number; to?: number }, each: Command) => {
      await (await connect(each)).webhooks.replay(id, to === undefined ? { from } : { from, to });
      tell(`They will be sent soon; see: holdfast webhooks deliveries ${id}`);
    });
}

async function list(_options: unknown, command: Command): Promise<void> {
  await showList(command, {
    rows: await (await connect(command)).webhooks.list().all(),
    name: ({ id }) => id,
    columns: COLUMNS,
    none: 'There are no webhooks.',
  });
}

const COLUMNS: readonly Column<Webhook>[] = [
  { title: 'ADDRESS', value: ({ url }) => url },
  {
    title: 'STATE',
    value: ({ state }) => state,
    colour: ({ state }) => (state === 'active' ? 'green' : 'yellow'),
  },
  { title: 'EVENTS', value: ({ types }) => types.join(','), rank: 3 },
  { title: 'POOL', value: ({ pool }) => pool ?? 'any', rank: 2 },
  { title: 'ID', value: ({ id }) => id, whole: true },
];

function shownOf(webhook: Webhook): Shown {
  return {
    body: webhook,
    name: webhook.id,
    facts: [
      ['webhook', webhook.id],
      ['address', webhook.url],
      ['state', webhook.state],
      ['why', webhook.reason],
      ['events', webhook.types.join(', ')],
      ['pool', webhook.pool],
      ['description', webhook.description],
    ],
  };
}
