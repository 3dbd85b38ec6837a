import type { Command, Option } from 'commander';
import { callerEnvironment } from '../../environment';
import { variableOf } from './fields';

/** Values by which a variable leaves a flag alone. */
const OFF = ['0', 'false', 'no'];

/**
 * Gives every option of a command that calls a server a variable that sets it, such as
 * `HOLDFAST_LS_POOL` for `ls --pool`. Those that many commands share have shorter names already.
 */
export function addTwins(program: Command): void {
  for (const command of program.commands) addTwinsBelow(command, 'HOLDFAST');
}

function addTwinsBelow(command: Command, prefix: string): void {
  const own = `${prefix}_${variableOf(command.name())}`;
  const isRemote = command.options.some(({ long }) => long === '--url');
  for (const option of isRemote ? command.options : [])
    if (option.envVar === undefined) twin(option, `${own}_${variableOf(option.name())}`);
  for (const below of command.commands) addTwinsBelow(below, own);
}

/** Lets a variable set an option; one that is empty does not, as if it were not there. */
export function twin(option: Option, variable: string): Option {
  const value = callerEnvironment()[variable];
  const isFlag = !option.required && !option.optional;
  const isOff = value === '' || (isFlag && OFF.includes(value?.toLowerCase() ?? ''));
  if (!isOff) return option.env(variable);
  // Commander would take it for set; the help names it all the same.
  option.description += ` (env: ${variable})`;
  return option;
}
