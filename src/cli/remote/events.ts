import type { Command } from 'commander';
import type { Event, Holdfast } from '../../client';
import { wallMs } from '../../clock';
import { plain } from '../plain';
import { first, pastInstant, queryOf, wholeNumber } from './arguments';
import { showingCommand } from './command';
import { connect } from './connect';
import { fieldOf, lineOf } from './fields';
import { formatOf, showList, writeData } from './output';
import { whenStdoutCloses } from './stdout';
import type { Column } from './table';
import { relative } from './times';

interface EventsOptions {
  follow?: true;
  type?: string;
  pool?: string;
  resource?: string;
  reservation?: string;
  user?: string;
  actor?: string;
  since?: string;
  until?: string;
  limit: number;
  field?: string;
}

/** `holdfast events`: what happened, when, and by whom. */
export function addEvents(program: Command): void {
  showingCommand(program, 'events', {
    about: 'List what happened, when and by whom; with --follow, go on as it happens.',
    examples: [
      'events --pool lab --since 1h',
      'events --actor bea@example.org --since 1d',
      'events --follow --type lease.ending,lease.lost -o json',
    ],
  })
    .option('-f, --follow', 'Write each event as it happens, as JSON a line each, until stopped.')
    .option(
      '--type <types>',
      'Only of these types, separated by commas; docs/events.md lists them.',
    )
    .option('--pool <name>', 'Only about this pool.')
    .option('--resource <resource>', 'Only about this resource, by id or name.')
    .option('--reservation <id>', 'Only about this reservation.')
    .option('--user <user>', 'Only about this user, by id or e-mail address, for admins.')
    .option('--actor <actor>', 'Only by this user, by id or e-mail address, or this job.')
    .option('--since <time>', 'From this time on: RFC 3339, or 2h for ago.', pastInstant)
    .option('--until <time>', 'Before this time.', pastInstant)
    .option('--limit <n>', 'At most so many, the newest first.', wholeNumber, 50)
    .action(events);
}

const FILTERS = ['type', 'pool', 'resource', 'reservation', 'user', 'actor', 'since'] as const;

async function events(options: EventsOptions, command: Command): Promise<void> {
  const holdfast = await connect(command);
  if (options.follow) return followed(holdfast, options, command);
  const query = queryOf(options, ...FILTERS, 'until');
  await showList(command, {
    rows: await first(holdfast.events.list(query), options.limit),
    name: ({ seq }) => String(seq),
    columns: columns(),
    none: 'There are no such events.',
  });
}

async function followed(
  holdfast: Holdfast,
  options: EventsOptions,
  command: Command,
): Promise<void> {
  const signal = whenStdoutCloses();
  const lineFor = lineIn(command, options.field);
  try {
    for await (const event of holdfast.events.follow({ ...queryOf(options, ...FILTERS), signal }))
      writeData(lineFor(event));
  } catch (error) {
    if (!signal.aborted) throw error;
  }
}

/** A line for one event of a stream. */
function lineIn(command: Command, field: string | undefined): (event: Event) => string {
  if (field) return (event) => lineOf(fieldOf(event, field));
  const format = formatOf(command);
  if (format === 'name') return ({ seq }) => String(seq);
  if (format !== 'table') return (event) => JSON.stringify(event);
  return (event) =>
    [event.at, event.type, aboutOf(event), actorOf(event), whatOf(event)]
      .map(plain)
      .join('  ')
      .trimEnd();
}

function columns(): Column<Event>[] {
  const now = wallMs();
  return [
    { title: 'WHEN', value: ({ at }) => relative(at, now) },
    { title: 'EVENT', value: ({ type }) => type },
    { title: 'ABOUT', value: aboutOf, whole: true },
    { title: 'BY', value: actorOf, rank: 1 },
    { title: 'WHAT', value: whatOf, rank: 2, enough: 12 },
    { title: 'SEQ', value: ({ seq }) => seq, right: true, rank: 3 },
  ];
}

function aboutOf({ resource, pool, reservation, user }: Event): string {
  return resource?.name ?? resource?.id ?? pool?.name ?? reservation ?? user ?? '-';
}

/** The change that an event tells, such as `in_service → draining: its disk fails`. */
function whatOf({ data }: Event): string {
  const { from, to, reason, detail } = data as Readonly<Record<string, unknown>>;
  const change = typeof from === 'string' && typeof to === 'string' ? `${from} → ${to}` : '';
  const why = [reason, detail].filter((text) => typeof text === 'string').join(', ');
  return [change, why].filter((text) => text !== '').join(': ');
}

function actorOf({ actor }: Event): string {
  return actor?.name ?? '-';
}
