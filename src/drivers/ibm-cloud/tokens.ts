import { DriverError } from '../driver';
import { faultFor, requireTime } from './faults';
import type { IbmCloudSettings } from './settings';

/** An access token, and the refresh token that came with it, if any. */
export interface Tokens {
  access: string;
  refresh: string | null;
  /** When the access token expires, as IBM Cloud says; epoch ms. */
  expiresAt: number;
}

/** A way to a token. */
export type Grant = { apiKey: string } | { refreshToken: string };

/** The needs of every request to the token endpoint. */
export interface TokenContext {
  settings: IbmCloudSettings;
  signal: AbortSignal;
  now: () => number;
}

/** Service IDs have no refresh tokens; IBM Cloud says so by this word. */
const NO_REFRESH = 'not_supported';

/** The client by which refresh tokens are issued; it is public and has no rights of its own. */
const CLIENT = Buffer.from('bx:bx').toString('base64');

/** The code of a key that does not exist. */
const NO_SUCH_KEY = 'BXNIM0415E';

/** The codes of tokens, keys and identities that are refused begin like this. */
const REFUSED = /^BXNIM04\d\dE$/;

/**
 * Exchanges a key or a refresh token; null if the endpoint says that it is not, or no longer, good.
 * Errors: DriverError for any other answer, or none: they prove nothing. NotYet for a 429.
 */
export async function exchange(
  grant: Grant,
  { settings, signal, now }: TokenContext,
): Promise<Tokens | null> {
  requireTime(signal);
  const { iam } = settings.endpoints;
  const answer = await fetch(`${iam.replace(/\/$/, '')}/identity/token`, {
    method: 'POST',
    headers: { accept: 'application/json', authorization: `Basic ${CLIENT}` },
    body: formOf(grant),
    redirect: 'error',
    signal: AbortSignal.any([signal, AbortSignal.timeout(settings.requestTimeoutMs)]),
  }).catch(() => null);
  const body = answer && ((await answer.json().catch(() => null)) as TokenAnswer | null);
  requireTime(signal);
  if (answer?.ok && body?.access_token && body.expiration) return tokensIn(body);
  if (answer && body && isRefusal(grant, answer.status, body)) return null;
  const status = answer && !answer.ok ? answer.status : null;
  throw faultFor({ status, retryAfter: answer?.headers.get('retry-after') }, 'token', now());
}

/** An access token for a key that must work. Errors: DriverError `resource` if it is refused. */
export async function requireTokens(
  apiKey: string,
  whose: string,
  context: TokenContext,
): Promise<Tokens> {
  const tokens = await exchange({ apiKey }, context);
  if (!tokens) throw new DriverError('resource', `${whose} is refused.`);
  return tokens;
}

interface TokenAnswer {
  access_token?: string;
  refresh_token?: string;
  /** Epoch seconds. */
  expiration?: number;
  errorCode?: string;
}

function tokensIn({ access_token, refresh_token, expiration }: TokenAnswer): Tokens {
  const refresh = refresh_token && refresh_token !== NO_REFRESH ? refresh_token : null;
  return { access: access_token!, refresh, expiresAt: expiration! * 1000 };
}

function isRefusal(grant: Grant, status: number, { errorCode = '' }: TokenAnswer): boolean {
  if (status !== 400 && status !== 401) return false;
  return 'apiKey' in grant ? errorCode === NO_SUCH_KEY : REFUSED.test(errorCode);
}

function formOf(grant: Grant): URLSearchParams {
  return 'apiKey' in grant
    ? new URLSearchParams({
        grant_type: 'urn:ibm:params:oauth:grant-type:apikey',
        apikey: grant.apiKey,
      })
    : new URLSearchParams({ grant_type: 'refresh_token', refresh_token: grant.refreshToken });
}
