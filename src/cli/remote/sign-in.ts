import { hostname } from 'node:os';
import { Holdfast, type Schemas } from '../../client';
import { sleep, systemTimers } from '../../client/clock';
import { secondsOf } from '../../client/duration';
import { tell } from '../alone';
import { Refusal } from '../exit-codes';
import { plain } from '../plain';
import type { Context } from './contexts';
import { secretInput } from './secret-input';

/** A way to sign in, as `login` was asked for it. */
export interface SignIn {
  url: string;
  /** A user name or e-mail address, with a password on stdin; undefined: a token on stdin. */
  user?: string;
  github?: boolean;
  /** How long a token that is made shall live. */
  expires: string;
  /** How long to try to reach the server, in ms. */
  retryFor: number;
}

/** Gives the context of somebody who signs in. Errors: those of the client, Refusal `usage`. */
export function signIn(wanted: SignIn): Promise<Context> {
  if (wanted.github) return byGithub(wanted);
  return wanted.user === undefined ? byToken(wanted) : byPassword(wanted, wanted.user);
}

async function byToken({ url }: SignIn): Promise<Context> {
  const token = tokenIn(await secretInput('Token', 'With a password: --user.'));
  return { url, token };
}

/** A token by itself, or within the JSON that `holdfast setup` and the API answer with. */
function tokenIn(given: string): string {
  if (!given.trimStart().startsWith('{')) return given.trim();
  try {
    const { token } = JSON.parse(given) as { token?: unknown };
    if (typeof token === 'string') return token;
  } catch {
    // Told below.
  }
  throw new Refusal('usage', 'Token: the JSON on stdin has no text `token`.');
}

/** A token takes the place of the password, which is kept nowhere. */
async function byPassword({ url, expires, retryFor }: SignIn, user: string): Promise<Context> {
  const expiresInSeconds = secondsOf(expires, '--expires');
  const password = await secretInput(`Password of ${user}`);
  const holdfast = new Holdfast({ url, username: user, password, retryFor });
  const { scopes } = await holdfast.me.get();
  const name = `holdfast on ${hostname()}`;
  const made = await holdfast.tokens.create({ name, scopes, expiresInSeconds });
  return { url, token: made.token!, tokenId: made.id };
}

async function byGithub({ url, retryFor }: SignIn): Promise<Context> {
  const holdfast = new Holdfast({ url, retryFor });
  const device = await holdfast.github.startDevice();
  tell(plain(`Open ${device.verificationUri} and type the code ${device.userCode}`));
  const { token } = await agreed(holdfast, device);
  const { apiTokenId } = await new Holdfast({ url, token, retryFor }).me.get();
  return { url, token, ...(apiTokenId === null ? {} : { tokenId: apiTokenId }) };
}

/** Asks until the user has agreed at GitHub; the server says how often. */
async function agreed(holdfast: Holdfast, { handle, intervalSeconds }: Schemas['GithubDevice']) {
  for (let pause = intervalSeconds; ;) {
    await sleep(systemTimers, pause * 1000);
    const answer = await holdfast.github.finishDevice({ handle });
    if ('token' in answer) return answer;
    pause = Math.max(pause, answer.intervalSeconds);
  }
}
