import type { Command } from 'commander';
import { Holdfast, UnauthenticatedError } from '../../client';
import { callerEnvironment } from '../../environment';
import { tell } from '../alone';
import { Refusal } from '../exit-codes';
import { plain } from '../plain';
import { remoteCommand } from './command';
import { addressOf, LOCAL_URL, patienceOf } from './connect';
import { readContexts, writeContexts, type Contexts } from './contexts';
import { signIn } from './sign-in';

interface LoginOptions {
  url?: string;
  context?: string;
  user?: string;
  github?: true;
  expires: string;
}

const LOOPBACK = /^(localhost|127\.|\[::1\])/;

/** `holdfast login`: signs in, and keeps the token in a context that is the current one then. */
export function addLogin(program: Command): void {
  remoteCommand(program, 'login', {
    about:
      'Sign in to a server with a token from stdin, a password or GitHub, and keep a token for it ' +
      'in a context: that of --context, or one named after the address. It is the current one then.',
    examples: [
      'login --url https://holdfast.example.org < token.txt',
      'login --user ada@example.org',
      'login --url https://lab.example.org --context lab --github',
    ],
  })
    .option('--user <login>', 'Sign in with the password of this user, which stdin has.')
    .option('--github', 'Sign in with GitHub, by a code that you type there.')
    .option('--expires <duration>', 'The life of the token that --user makes.', '30d')
    .action(login);
}

async function login(options: LoginOptions, command: Command): Promise<void> {
  const url = urlOf(options, readContexts());
  if (options.github && options.user !== undefined)
    throw new Refusal('usage', '--github and --user exclude each other.');
  const retryFor = patienceOf(command);
  const context = await signIn({ ...options, url, retryFor }).catch(refusalOf(options.user));
  const me = await new Holdfast({ ...context, retryFor }).me.get().catch(refusalOf());
  // Read only now: other commands may have written meanwhile.
  const { contexts } = readContexts();
  const name = options.context || nameFor(url, contexts);
  writeContexts({ current: name, contexts: { ...contexts, [name]: context } });
  tell(`Signed in to ${url} as ${plain(me.name)}; the context ${name} is the current one.`);
  if (callerEnvironment().HOLDFAST_TOKEN)
    tell('HOLDFAST_TOKEN is set, and counts before the context.');
}

/** Says what was wrong to somebody who is signing in already; hands on all other errors. */
function refusalOf(user?: string): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof UnauthenticatedError)) throw error;
    throw new Refusal(
      'denied',
      user === undefined
        ? 'The token is wrong, expired or revoked.'
        : `There is no user ${user}, or the password is wrong.`,
    );
  };
}

/**
 * The address to sign in to: as given, or that of the context, or of a server on this machine.
 * A new context needs one: its token must not go to the server of another.
 */
function urlOf({ url, context }: LoginOptions, { current, contexts }: Contexts): string {
  const known = contexts[context || current || ''];
  if (!url && context && !known) {
    const example = contexts[current || '']?.url ?? LOCAL_URL;
    throw new Refusal(
      'usage',
      `There is no context ${context} yet. Say where its server is, such as --url ${example}`,
    );
  }
  return addressOf(url || known?.url || LOCAL_URL);
}

/** The context that has the address already, or a new one named after it. */
function nameFor(url: string, contexts: Contexts['contexts']): string {
  const known = Object.keys(contexts).find((name) => contexts[name]!.url === url);
  if (known !== undefined) return known;
  const { host, hostname } = new URL(url);
  const name = LOOPBACK.test(hostname) ? 'local' : hostname.replace(/^\[|\]$/g, '');
  return Object.hasOwn(contexts, name) ? host : name;
}
