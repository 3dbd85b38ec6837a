import { Option, type Command } from 'commander';
import type { Schemas } from '../../client';
import { wallMs } from '../../clock';
import { tell } from '../alone';
import { Refusal } from '../exit-codes';
import { queryOf, userOf } from './arguments';
import { remoteCommand, showingCommand } from './command';
import { connect } from './connect';
import { formatOf, show, showList } from './output';
import { secretInput } from './secret-input';
import type { Column } from './table';
import { relative } from './times';

type User = Schemas['User'];

interface UserOptions {
  name?: string;
  email?: string;
  username?: string;
  role?: User['role'];
  password?: true;
}

/** `holdfast users`: the people who may borrow, and those who run the server. */
export function addUsers(program: Command): void {
  const command = program.command('users').description('List, add, change or remove users.');
  showingCommand(command, 'list', { about: 'List all users.', examples: ['users list'] }).action(
    list,
  );
  showingCommand(command, 'show', {
    about: 'Show a user.',
    examples: ['users show bea@example.org'],
  })
    .argument(...USER)
    .action(async (named: string, _options: unknown, each: Command) =>
      showUser(each, await userOf(await connect(each), named)),
    );
  described(showingCommand(command, 'add', ADD).requiredOption('--name <name>', NAME)).action(add);
  described(showingCommand(command, 'change', CHANGE).option('--name <name>', NAME))
    .argument(...USER)
    .action(change);
  remoteCommand(command, 'remove', {
    about: 'Delete a user, and end what they borrowed.',
    examples: ['users remove bea@example.org'],
  })
    .argument(...USER)
    .action(async (named: string, _options: unknown, each: Command) => {
      const holdfast = await connect(each);
      await holdfast.users.delete((await userOf(holdfast, named)).id);
      tell(`The user ${named} is deleted, and their loans end.`);
    });
}

const USER = ['<id>', 'The id, e-mail address or user name.'] as const;
const NAME = 'Their name.';
const ADD = {
  about: 'Add a user; with --password, they sign in with the password on stdin.',
  examples: ['users add --name Bea --email bea@example.org --password < password.txt'],
};
const CHANGE = {
  about: 'Change a user; with --password, they get the one on stdin.',
  examples: [
    'users change bea@example.org --role admin',
    'users change bea@example.org --password < password.txt',
  ],
};

function described(command: Command): Command {
  return command
    .option('--email <address>', 'Their e-mail address.')
    .option('--username <name>', 'Their user name.')
    .addOption(new Option('--role <role>', 'Their role.').choices(['user', 'admin']))
    .option('--password', 'Read their password from stdin.');
}

async function bodyOf(options: UserOptions): Promise<Schemas['UserChange']> {
  const given = queryOf(options, 'name', 'email', 'username', 'role');
  return options.password ? { ...given, password: await secretInput('Password') } : given;
}

async function add(options: UserOptions & { name: string }, command: Command): Promise<void> {
  const holdfast = await connect(command);
  const body = { ...(await bodyOf(options)), name: options.name };
  const made = await holdfast.users.create(body);
  await showUser(command, made);
  if (formatOf(command) === 'table' && !options.password)
    tell(`There is no password yet: holdfast users change ${made.email ?? made.id} --password`);
}

async function change(named: string, options: UserOptions, command: Command): Promise<void> {
  const holdfast = await connect(command);
  const body = await bodyOf(options);
  if (Object.keys(body).length === 0) throw new Refusal('usage', 'Nothing is to be changed.');
  const { id } = await userOf(holdfast, named);
  await showUser(command, await holdfast.users.update(id, body));
}

async function list(_options: unknown, command: Command): Promise<void> {
  await showList(command, {
    rows: await (await connect(command)).users.list().all(),
    name: ({ id }) => id,
    columns: COLUMNS,
    none: 'There are no users.',
  });
}

const COLUMNS: readonly Column<User>[] = [
  { title: 'NAME', value: ({ name }) => name },
  { title: 'EMAIL', value: ({ email }) => email ?? '', rank: 2 },
  { title: 'USERNAME', value: ({ username }) => username ?? '', rank: 3 },
  { title: 'ROLE', value: ({ role }) => role, rank: 1 },
  { title: 'ID', value: ({ id }) => id, whole: true },
];

function showUser(command: Command, user: User): Promise<void> {
  return show(command, {
    body: user,
    name: user.id,
    facts: [
      ['name', user.name],
      ['email', user.email],
      ['username', user.username],
      ['role', user.role],
      ['id', user.id],
      ['added', relative(user.createdAt, wallMs())],
    ],
  });
}
