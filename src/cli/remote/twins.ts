import { Command, type ErrorOptions, type Option } from 'commander';
import { callerEnvironment } from '../../environment';
import { variableOf } from './fields';

/** Values by which a variable leaves a flag alone. */
const OFF = ['0', 'false', 'no'];

/** The groups of the options that many commands share. */
const SHARED = ['Server:', 'Output:'];

/**
 * A command of the program. If it calls a server, each of its options has a variable that sets it,
 * such as `HOLDFAST_LS_POOL` for `ls --pool`; the options that many commands share have shorter
 * names already, and stand last in the help.
 */
export class TwinCommand extends Command {
  override createCommand(name?: string): Command {
    return new TwinCommand(name);
  }

  override error(message: string, options?: ErrorOptions): never {
    return super.error(`${message}${hintFor(this, message, options?.code)}`, options);
  }

  override addOption(option: Option): this {
    const isRemote = this.options.some(({ long }) => long === '--url');
    if (isRemote && option.envVar === undefined)
      twin(option, `${prefixOf(this)}_${variableOf(option.name())}`);
    super.addOption(option);
    const isShared = ({ helpGroupHeading = '' }: Option) =>
      SHARED.includes(helpGroupHeading) ? 1 : 0;
    (this.options as Option[]).sort((a, b) => isShared(a) - isShared(b));
    return this;
  }
}

/** More about a mistake of the caller, in the same line or one more; empty if there is no more to say. */
function hintFor(command: Command, message: string, code: string | undefined): string {
  if (code === 'commander.missingArgument')
    return `; usage: ${command.createHelp().commandUsage(command)}`;
  if (code !== 'commander.unknownOption' || command.parent) return '';
  const flag = /'(-[^'=]+)/.exec(message)?.[1];
  const isBelow = command.commands.some(({ options }) =>
    options.some(({ short, long }) => flag === short || flag === long),
  );
  return isBelow ? '\n(Options stand after the command.)' : '';
}

/** `HOLDFAST_QUARANTINE_LIST` for `holdfast quarantine list`. */
function prefixOf(command: Command): string {
  const own = variableOf(command.name());
  return command.parent ? `${prefixOf(command.parent)}_${own}` : own;
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
