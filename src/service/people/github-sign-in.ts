import { createHash } from 'node:crypto';
import { slots } from '../../crypto/slots';
import { hashToken, makeToken, sameSecret } from '../../crypto/tokens';
import { DomainError } from '../../domain/errors';
import { signIn } from '../../domain/people/sign-in';
import { contextOf, aad, type Engine } from '../engine';
import type { Github } from './github-port';

/**
 * GitHub gives codes that work for 10 minutes:
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps
 */
export const BROWSER_TIME = 600_000;
/** 256 bits: 43 characters, as many as a PKCE verifier must have (RFC 7636, 4.1). */
const SECRET_BYTES = 32;

/** The settings of sign-in with GitHub. */
export interface GithubSetup {
  github: Github;
  /** Organisations whose members may come without an invitation. */
  orgs: readonly string[];
  /** The address to which GitHub sends the browser back; null for that of the OAuth app. */
  callback: string | null;
}

/** The parameters that the browser brings back: a code or an error. */
export interface Callback {
  code?: string;
  state?: string;
  error?: string;
}

/** The user who signed in, and the secret of an API token for them. */
export interface SignedIn {
  userId: string;
  token: string;
}

/** The same in a browser; `toPage`: the sign-in was begun for the page of this server. */
export interface BrowserSignedIn extends SignedIn {
  toPage: boolean;
}

/** Times in seconds. */
export interface DeviceStart {
  handle: string;
  userCode: string;
  verificationUri: string;
  interval: number;
  expiresIn: number;
}

interface Attempt {
  state: string;
  verifier: string;
  until: number;
  toPage: boolean;
}

interface Device {
  deviceCode: string;
  interval: number;
  until: number;
}

/**
 * Signs people in with their GitHub profile. Keeps nothing between two calls: the caller carries
 * the state, sealed. Calls to GitHub are shared fairly among origins (`from`, an address say).
 */
export class GithubSignIn {
  constructor(
    private readonly engine: Engine,
    private readonly setup: GithubSetup,
    private readonly limited = slots(8, 64),
  ) {}

  /** The same, which shares its calls to GitHub, on another engine. */
  for(engine: Engine): GithubSignIn {
    return new GithubSignIn(engine, this.setup, this.limited);
  }

  get callback(): string | null {
    return this.setup.callback;
  }

  /**
   * Returns the URL to send the browser to, and the sealed text that it must bring back. `toPage`: see
   * `BrowserSignedIn`.
   */
  begin(toPage = false): { url: string; sealed: string } {
    const { store, random, sealer } = this.engine;
    const attempt: Attempt = {
      state: random.secret(SECRET_BYTES),
      verifier: random.secret(SECRET_BYTES),
      until: store.now() + BROWSER_TIME,
      toPage,
    };
    const challenge = createHash('sha256').update(attempt.verifier).digest('base64url');
    return {
      url: this.setup.github.authorizeUrl({ state: attempt.state, challenge }),
      sealed: sealer.seal(aad.githubSignIn, JSON.stringify(attempt)),
    };
  }

  /**
   * Finishes a browser sign-in. Errors: `invalid` with the field that is wrong, `forbidden`, and
   * those of GitHub.
   */
  async finish(
    { code, state, error }: Callback,
    sealed: string | null,
    requestId: string | null,
    from = '',
  ): Promise<BrowserSignedIn> {
    const attempt = sealed === null ? null : this.open<Attempt>(aad.githubSignIn, sealed);
    if (!attempt || state === undefined || !sameSecret(state, attempt.state)) {
      throw new DomainError(
        'invalid',
        'This sign-in was not started in this browser, or it is too old; begin again.',
        'state',
      );
    }
    if (error !== undefined) throw declined(error);
    if (code === undefined)
      throw new DomainError('invalid', 'GitHub sent no code; begin again.', 'code');
    const { github } = this.setup;
    const signIn = async () =>
      this.authenticate(
        await github.exchange({ code, verifier: attempt.verifier }, requestId),
        requestId,
      );
    return { ...(await this.limited(signIn, from)), toPage: attempt.toPage };
  }

  /** Starts a sign-in on another device. Errors: those of GitHub. */
  async startDevice(requestId: string | null, from = ''): Promise<DeviceStart> {
    const { deviceCode, ...presented } = await this.limited(
      () => this.setup.github.startDevice(requestId),
      from,
    );
    const device: Device = {
      deviceCode,
      interval: presented.interval,
      until: this.engine.store.now() + presented.expiresIn * 1000,
    };
    return {
      ...presented,
      handle: this.engine.sealer.seal(aad.githubDevice, JSON.stringify(device)),
    };
  }

  /**
   * Returns the seconds to wait before the next try, or the user who signed in. Errors: `invalid`
   * with the field `handle`, `forbidden`, and those of GitHub.
   */
  async finishDevice(
    handle: string,
    requestId: string | null,
    from = '',
  ): Promise<{ interval: number } | SignedIn> {
    const device = this.open<Device>(aad.githubDevice, handle);
    if (!device)
      throw new DomainError('invalid', 'This handle is wrong or too old; begin again.', 'handle');
    const look = async () => {
      const answer = await this.setup.github
        .askDevice(device.deviceCode, requestId)
        .catch((error: unknown) => keepInterval(error, device.interval * 1000));
      if (answer.status === 'pending') return { interval: answer.interval ?? device.interval };
      return this.authenticate(answer.accessToken, requestId);
    };
    return this.limited(look, from);
  }

  private async authenticate(accessToken: string, requestId: string | null): Promise<SignedIn> {
    const { github, orgs } = this.setup;
    const profile = await github.profile(accessToken, requestId);
    const token = makeToken();
    const ask = { githubId: profile.githubId, emails: profile.emails, username: profile.login };
    const userId = await this.engine.store.transact({ load: 'signIn', ...ask }, (snapshot, now) =>
      signIn(snapshot, { profile, orgs, tokenHash: hashToken(token) }, contextOf(this.engine, now)),
    );
    return { userId, token };
  }

  /** Opens a sealed text; null if it is not from here or too old. */
  private open<T extends { until: number }>(place: string, sealed: string): T | null {
    try {
      const opened = JSON.parse(this.engine.sealer.open(place, sealed)) as T;
      return opened.until > this.engine.store.now() ? opened : null;
    } catch {
      return null;
    }
  }
}

/**
 * Rethrows an error. Where GitHub only could not answer, the next try keeps to the interval, which
 * GitHub makes longer for those who ask sooner. `interval`: in ms.
 */
function keepInterval(error: unknown, interval: number): never {
  if (!(error instanceof DomainError) || error.code !== 'busy') throw error;
  const wait = Math.max(interval, error.wait ?? 0);
  throw new DomainError(error.code, error.message, error.field, { wait });
}

/**
 * https://docs.github.com/en/apps/oauth-apps/maintaining-oauth-apps/troubleshooting-authorization-request-errors
 */
function declined(error: string): DomainError {
  if (error === 'access_denied') return new DomainError('forbidden', 'You declined at GitHub.');
  return new DomainError(
    'internal',
    'GitHub does not let this server sign people in: see the callback URL and the state of its OAuth app.',
  );
}
