import type { Command } from 'commander';
import type { Schemas } from '../../client';
import { secondsOf } from '../../client/duration';
import { wallMs } from '../../clock';
import { tell } from '../alone';
import { wholeNumber, words } from './arguments';
import { remoteCommand, showingCommand } from './command';
import { connect } from './connect';
import { formatOf, show, showList } from './output';
import type { Column } from './table';
import { relative, spelledDuration } from './times';

type Token = Schemas['Token'];
type Scope = Token['scopes'][number];

interface NewTokenOptions {
  scopes?: string[];
  expires?: string;
  maxPriority?: number;
}

/** `holdfast tokens`: the API tokens of the caller. */
export function addTokens(program: Command): void {
  const command = program.command('tokens').description('List, create or revoke API tokens.');
  showingCommand(command, 'list', {
    about: 'List your API tokens, without their secrets.',
    examples: ['tokens list'],
  }).action(list);
  showingCommand(command, 'create', {
    about: 'Create an API token with at most the rights of yours. Its secret is shown only now.',
    examples: ['tokens create ci --scopes read,reserve --expires 90d --field token'],
  })
    .argument('<name>', 'A name, for the list.')
    .option('--scopes <scopes>', 'Separated by commas. Default: read,reserve.', words)
    .option(
      '--expires <duration>',
      'Its life. It ends with your token at the latest, and by default.',
    )
    .option('--max-priority <n>', 'The highest priority of its requests. Default: 0.', wholeNumber)
    .action(create);
  remoteCommand(command, 'revoke', {
    about: 'Revoke an API token.',
    examples: ['tokens revoke 0197f6d2-…'],
  })
    .argument('<id>', 'The id of the token.')
    .action(async (id: string, _options: unknown, revoke: Command) => {
      await (await connect(revoke)).tokens.delete(id);
      tell(`The token ${id} is revoked.`);
    });
}

async function list(_options: unknown, command: Command): Promise<void> {
  await showList(command, {
    rows: await (await connect(command)).tokens.list().all(),
    name: ({ id }) => id,
    columns: columns(),
    none: 'You have no API tokens.',
  });
}

async function create(name: string, options: NewTokenOptions, command: Command): Promise<void> {
  const { scopes, expires, maxPriority } = options;
  const wanted = expires === undefined ? undefined : secondsOf(expires, '--expires');
  const holdfast = await connect(command);
  const made = await holdfast.tokens.create({
    name,
    ...(scopes === undefined ? {} : { scopes: scopes as Scope[] }),
    ...(wanted === undefined ? {} : { expiresInSeconds: wanted }),
    ...(maxPriority === undefined ? {} : { maxPriority }),
  });
  await show(command, {
    body: made,
    name: made.id,
    facts: [
      ['token', made.token],
      ['id', made.id],
      ['may', made.scopes.join(', ')],
      ['ends', made.expiresAt && relative(made.expiresAt, wallMs())],
    ],
  });
  tellEarlierEnd(made, wanted);
  if (formatOf(command) === 'table') tell('Keep the token now: it is not shown again.');
}

/** A token ends with the one that makes it; `wanted` is the life in seconds that was asked for. */
function tellEarlierEnd({ createdAt, expiresAt: end }: Token, wanted: number | undefined): void {
  const lasts = end ? Date.parse(end) - Date.parse(createdAt) : Infinity;
  if (wanted === undefined || lasts >= wanted * 1000) return;
  tell(
    `The token lasts ${spelledDuration(lasts)}: it ends with yours. For more, sign in for longer: ` +
      '`holdfast login --user LOGIN --expires DURATION`.',
  );
}

function columns(): Column<Token>[] {
  const now = wallMs();
  return [
    { title: 'NAME', value: ({ name }) => name },
    { title: 'MAY', value: ({ scopes }) => scopes.join(','), rank: 2 },
    {
      title: 'ENDS',
      value: (token) => endOf(token, now),
      colour: ({ revokedAt }) => (revokedAt === null ? undefined : 'dim'),
    },
    { title: 'USED', value: ({ lastUsedAt }) => relative(lastUsedAt, now), rank: 3 },
    { title: 'ID', value: ({ id }) => id, rank: 1 },
  ];
}

function endOf({ revokedAt, expiresAt }: Token, now: number): string {
  if (revokedAt !== null) return 'revoked';
  return expiresAt === null ? 'never' : relative(expiresAt, now);
}
