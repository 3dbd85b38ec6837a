import type { Command } from 'commander';
import { tell } from '../alone';
import { Refusal } from '../exit-codes';
import { addExamples } from '../examples';
import { readContexts, writeContexts, type Contexts } from './contexts';
import { outputOptions, showList } from './output';

/** A context without its secret. */
interface Listed {
  name: string;
  url: string;
  current: boolean;
  signedIn: boolean;
}

/** `holdfast context`: the servers that the user has signed in to. */
export function addContext(program: Command): void {
  const command = program.command('context').description('List, choose or remove contexts.');
  addList(command);
  const use = command.command('use').description('Make a context the current one.');
  addExamples(use, ['context use lab'])
    .argument('<name>', 'The context.')
    .action((name: string) => {
      writeContexts({ ...known(name), current: name });
      tell(`The context ${name} is the current one.`);
    });
  const remove = command
    .command('remove')
    .description('Forget a context with its token, which stays valid: see `holdfast logout`.');
  addExamples(remove, ['context remove lab'])
    .argument('<name>', 'The context.')
    .action((name: string) => writeContexts(without(known(name), name)));
}

function addList(parent: Command): void {
  const list = parent.command('list').description('List the contexts, without their tokens.');
  outputOptions(addExamples(list, ['context list', 'context list -o name'])).action(
    async (_options: unknown, command: Command) => {
      const { current, contexts } = readContexts();
      const rows = Object.entries(contexts).map(([name, { url, token }]) => ({
        name,
        url,
        current: name === current,
        signedIn: token !== undefined,
      }));
      await showList<Listed>(command, {
        rows,
        name: ({ name }) => name,
        columns: [
          { title: '', value: (row) => (row.current ? '*' : ' ') },
          { title: 'CONTEXT', value: ({ name }) => name },
          { title: 'SERVER', value: ({ url }) => url },
          { title: 'TOKEN', value: ({ signedIn }) => (signedIn ? 'yes' : 'no'), rank: 1 },
        ],
        none: 'There are no contexts. Make one: holdfast login --url ADDRESS',
      });
    },
  );
}

/** The contexts, with one of this name. Errors: Refusal `missing`. */
function known(name: string): Contexts {
  const all = readContexts();
  if (Object.hasOwn(all.contexts, name)) return all;
  throw new Refusal('missing', `There is no context ${name}. See: holdfast context list`);
}

/** The contexts without one of them. */
export function without({ current, contexts }: Contexts, name: string): Contexts {
  const rest = Object.fromEntries(Object.entries(contexts).filter(([each]) => each !== name));
  return { current: current === name ? null : current, contexts: rest };
}
