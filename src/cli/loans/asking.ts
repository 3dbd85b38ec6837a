import { Option, type Command } from 'commander';
import type { Holdfast, ReservationItem } from '../../client';
import { millisecondsOf } from '../../client/duration';
import { Refusal } from '../exit-codes';
import { strictestOf, type Strictest } from './deadlines';
import { fullItem, poolItem } from './items';

/** The options of a command that borrows. */
export interface AskingOptions {
  pool?: ReservationItem[];
  item?: ReservationItem[];
  for?: string;
  wait?: string;
  note?: string;
  priority?: number;
}

type Parse = (written: string) => ReservationItem;
const collected = (parse: Parse) => (written: string, earlier?: ReservationItem[]) => [
  ...(earlier ?? []),
  parse(written),
];

/** Adds the options that say what is borrowed, for how long, and how long to wait for it. */
export function askingOptions(command: Command): Command {
  const options = [
    new Option('--pool <name[:count]>', 'Any of this pool, or as many; may be repeated.').argParser(
      collected(poolItem),
    ),
    new Option(
      '--item <fields>',
      'Such as kind=account,type=free,count=2,labels.zone=x; may be repeated.',
    ).argParser(collected(fullItem)),
    new Option('--for <duration>', 'How long, such as 30m. Default: as the pool says.'),
    new Option('--wait <duration>', 'How long to queue; 0s: not at all. Default: until served.'),
    new Option('--note <text>', 'A note that others see beside the loan.'),
    new Option(
      '--priority <number>',
      'Higher goes ahead in the queue, as far as your token may. Default: 0.',
    ).argParser(wholeNumber),
  ];
  for (const option of options) command.addOption(option);
  return command;
}

/** The items that are asked for. Errors: Refusal `usage` if there are none. */
export function itemsOf({ pool = [], item = [] }: AskingOptions): ReservationItem[] {
  const items = [...pool, ...item];
  if (items.length === 0) throw new Refusal('usage', 'Name what to borrow: --pool or --item.');
  return items;
}

/** The rest of a request, without what is not given. */
export function particularsOf({ note, priority }: AskingOptions) {
  return { ...(note !== undefined && { note }), ...(priority !== undefined && { priority }) };
}

/** The strictest terms of all pools that may serve these items. Errors: those of a call. */
export async function termsOf(
  holdfast: Holdfast,
  items: readonly ReservationItem[],
  lasting: string | undefined,
): Promise<Strictest> {
  const pools = await holdfast.pools.list().all();
  const may = ({ pool, pools: any, kind }: ReservationItem, name: string, ofKind: string) =>
    (pool === undefined || pool === name) &&
    (any === undefined || any.includes(name)) &&
    (kind === undefined || kind === ofKind);
  const serving = pools.filter(({ name, kind }) => items.some((item) => may(item, name, kind)));
  const wanted = lasting === undefined ? null : millisecondsOf(lasting, '--for');
  return strictestOf(
    serving.map(({ lease }) => lease),
    wanted,
  );
}

function wholeNumber(written: string): number {
  if (/^\d{1,6}$/.test(written)) return Number(written);
  throw new Refusal('usage', `--priority: ${JSON.stringify(written)} is not a whole number.`);
}
