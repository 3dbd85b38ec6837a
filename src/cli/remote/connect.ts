import { Option, type Command } from 'commander';
import { Holdfast } from '../../client';
import { millisecondsOf } from '../../client/duration';
import { callerEnvironment } from '../../environment';
import { Refusal } from '../exit-codes';
import { readContexts, type Context } from './contexts';
import { twin } from './twins';

/** The server of a command and the caller's token. */
export interface Target {
  /** Without a trailing slash. */
  url: string;
  /** undefined: the caller is nobody. */
  token: string | undefined;
  /** The context that it comes from; null: none. */
  context: string | null;
}

interface ConnectionOptions {
  url?: string;
  context?: string;
  timeout: string;
}

/** The address at which `holdfast serve` listens unless it is told otherwise. */
export const LOCAL_URL = 'http://127.0.0.1:8080';
const GROUP = 'Server:';

/** Adds the options that say which server is called. */
export function connectionOptions(command: Command): Command {
  const url = new Option('--url <address>', 'The server. Default: that of the context.');
  const context = new Option('--context <name>', 'A context other than the current one.');
  const timeout = new Option('--timeout <duration>', 'How long to try to reach the server.');
  return command
    .addOption(twin(url, 'HOLDFAST_URL').helpGroup(GROUP))
    .addOption(twin(context, 'HOLDFAST_CONTEXT').helpGroup(GROUP))
    .addOption(twin(timeout, 'HOLDFAST_TIMEOUT').default('5s').helpGroup(GROUP));
}

/**
 * Gives the server of a command and the token for it. A token of a context goes to the address of
 * that context and nowhere else. Errors: Refusal `usage` for a wrong address or an unknown context.
 */
export function targetOf(command: Command): Target {
  const options = command.optsWithGlobals<ConnectionOptions>();
  const { current, contexts } = readContexts();
  const named = options.context || null;
  if (named !== null && !Object.hasOwn(contexts, named))
    throw new Refusal('usage', `There is no context ${named}. See: holdfast context list`);
  const name = named ?? current;
  const chosen = name === null ? undefined : contexts[name];
  const url = addressOf(options.url || chosen?.url || LOCAL_URL);
  const found = holding(url, name, contexts);
  const token = callerEnvironment().HOLDFAST_TOKEN || (found && contexts[found]?.token);
  return { url, token: token || undefined, context: found };
}

/** The context of an address: the chosen one if it fits, or else any. */
function holding(url: string, chosen: string | null, contexts: Record<string, Context>) {
  if (chosen !== null && contexts[chosen]?.url === url) return chosen;
  return Object.keys(contexts).find((name) => contexts[name]!.url === url) ?? null;
}

/** Gives a client for the server of a command, with a token. Errors: Refusal, as `targetOf`. */
export function connect(command: Command): Promise<Holdfast> {
  const { url, token } = targetOf(command);
  if (token === undefined)
    throw new Refusal(
      'denied',
      `There is no token for ${url}. Run \`holdfast login\`, or set HOLDFAST_TOKEN.`,
    );
  return Promise.resolve(new Holdfast({ url, token, retryFor: patienceOf(command) }));
}

/** Gives a client for the server of a command that calls as anybody. Errors: as `targetOf`. */
export function connectAsAnybody(command: Command): Holdfast {
  return new Holdfast({ url: targetOf(command).url, retryFor: patienceOf(command) });
}

/** How long a command tries to reach the server, in ms. Errors: `InvalidDurationError`. */
export function patienceOf(command: Command): number {
  return millisecondsOf(command.optsWithGlobals<ConnectionOptions>().timeout, '--timeout');
}

/** Checks the address of a server; gives it without trailing slashes. Errors: Refusal `usage`. */
export function addressOf(text: string): string {
  const url = URL.parse(text);
  const isPlain = url && !url.username && !url.password && !url.search && !url.hash;
  if (!isPlain || !/^https?:$/.test(url.protocol))
    throw new Refusal('usage', `--url: must be an address like ${LOCAL_URL}.`);
  return url.href.replace(/\/+$/, '');
}
