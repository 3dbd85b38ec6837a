import { z } from 'zod';
import { DomainError } from '../domain/errors';
import type { DeviceAnswer, Github } from '../service/people/github-port';
import { ask, type Ask } from './ask';
import { readProfile } from './profile';

export interface GithubSettings {
  /** https://github.com, or the URL of a GitHub Enterprise Server; no trailing slash. */
  url: string;
  clientId: string;
  clientSecret: string;
  /** The address to which GitHub sends the browser back; null for that of the OAuth app. */
  callback: string | null;
  /** Does sign-in need the user's organisations? */
  withOrgs: boolean;
}

const DEVICE_GRANT = 'urn:ietf:params:oauth:grant-type:device_code';
/**
 * Seconds added to the interval by each `slow_down`, if GitHub does not give the new one (RFC 8628,
 * 3.5).
 */
const SLOWER = 5;

const granted = z.object({ access_token: z.string().min(1) });
const refused = z.object({ error: z.string(), interval: z.number().positive().optional() });
const device = z.object({
  device_code: z.string(),
  user_code: z.string(),
  verification_uri: z.url({ protocol: /^https?$/ }),
  expires_in: z.number().positive(),
  interval: z.number().positive().default(SLOWER),
});

/**
 * GitHub's OAuth for OAuth apps: the web flow with PKCE, and the device flow.
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 */
export function createGithub(settings: GithubSettings): Github {
  const { url, clientId, clientSecret, callback, withOrgs } = settings;
  // https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/scopes-for-oauth-apps
  const scope = ['user:email', 'read:public_key', ...(withOrgs ? ['read:org'] : [])].join(' ');
  const redirect: Record<string, string> = callback === null ? {} : { redirect_uri: callback };
  const post = async (path: string, form: Record<string, string>, requestId: string | null) =>
    (await ask(new URL(url + path), { form, requestId })).body;
  return {
    authorizeUrl: ({ state, challenge }) => {
      const asked = {
        client_id: clientId,
        ...redirect,
        scope,
        state,
        code_challenge: challenge,
        code_challenge_method: 'S256',
      };
      return `${url}/login/oauth/authorize?${new URLSearchParams(asked).toString()}`;
    },
    exchange: async ({ code, verifier }, requestId) => {
      const form = {
        client_id: clientId,
        client_secret: clientSecret,
        code,
        ...redirect,
        code_verifier: verifier,
      };
      return accessTokenOf(await post('/login/oauth/access_token', form, requestId));
    },
    startDevice: async (requestId) => {
      const body = await post('/login/device/code', { client_id: clientId, scope }, requestId);
      const { success, data } = device.safeParse(body);
      if (!success) throw refusal(body);
      return {
        deviceCode: data.device_code,
        userCode: data.user_code,
        verificationUri: data.verification_uri,
        interval: data.interval,
        expiresIn: data.expires_in,
      };
    },
    askDevice: async (deviceCode, requestId) => {
      const form = { client_id: clientId, device_code: deviceCode, grant_type: DEVICE_GRANT };
      return deviceAnswer(await post('/login/oauth/access_token', form, requestId));
    },
    profile: (accessToken, requestId) =>
      readProfile(apiBase(url), withOrgs, { accessToken, requestId } satisfies Ask),
  };
}

/**
 * The base URL of the API: `/api/v3` on a GitHub Enterprise Server
 * (https://docs.github.com/en/enterprise-server/rest/enterprise-admin), and a host of its own on
 * github.com and with data residency
 * (https://docs.github.com/en/enterprise-cloud@latest/admin/data-residency).
 */
export function apiBase(url: string): string {
  const { protocol, hostname: host } = new URL(url);
  const hostname = host.replace(/\.$/, '');
  const hasOwnHost = hostname === 'github.com' || /^[a-z0-9-]+\.ghe\.com$/.test(hostname);
  return hasOwnHost ? `${protocol}//api.${hostname}` : `${url}/api/v3`;
}

function accessTokenOf(body: unknown): string {
  const { success, data } = granted.safeParse(body);
  if (!success) throw refusal(body);
  return data.access_token;
}

function deviceAnswer(body: unknown): DeviceAnswer {
  const { data } = refused.safeParse(body);
  if (data?.error === 'authorization_pending') return { status: 'pending', interval: null };
  if (data?.error === 'slow_down')
    return { status: 'pending', interval: data.interval ?? 2 * SLOWER };
  return { status: 'granted', accessToken: accessTokenOf(body) };
}

/**
 * https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-oauth-app-access-token-request-errors
 */
function refusal(body: unknown): DomainError {
  const error = refused.safeParse(body).data?.error ?? 'an undocumented answer';
  switch (error) {
    case 'bad_verification_code':
      return new DomainError(
        'invalid',
        'This code is wrong, used or expired; begin again.',
        'code',
      );
    case 'expired_token':
    case 'incorrect_device_code':
      return new DomainError(
        'invalid',
        'The time to confirm at GitHub is over; begin again.',
        'handle',
      );
    case 'access_denied':
      return new DomainError('forbidden', 'You declined at GitHub.');
    case 'unverified_user_email':
      return new DomainError('forbidden', 'Verify your primary e-mail address at GitHub first.');
    default:
      return new DomainError(
        'internal',
        `GitHub does not accept this server's OAuth app (${error.slice(0, 60)}).`,
      );
  }
}
