import type { GithubProfile } from '../../domain/people/sign-in';

/** The values that go with the browser to GitHub. */
export interface Authorization {
  /** Comes back unchanged, and so shows that the browser that returns is the one that was sent. */
  state: string;
  /** base64url of SHA-256 of the PKCE verifier (RFC 7636, 4.2). */
  challenge: string;
}

/** The code proves who signed in; the PKCE verifier proves that this server asked for the code. */
export interface Proof {
  code: string;
  verifier: string;
}

/** A sign-in that ends in another device's browser (RFC 8628, 3.2). Times in seconds. */
export interface DeviceCode {
  deviceCode: string;
  userCode: string;
  verificationUri: string;
  interval: number;
  expiresIn: number;
}

/**
 * `interval`: seconds to wait before asking again, if GitHub changed the interval it gave first.
 */
export type DeviceAnswer =
  { status: 'pending'; interval: number | null } | { status: 'granted'; accessToken: string };

/**
 * GitHub, as far as signing in needs it. Access tokens are for the calls that follow at once and
 * are never kept. `requestId` goes with each call as X-Request-ID. Errors of every call:
 * DomainError `busy` if GitHub does not answer, fails or limits the server (then with the time to
 * wait), `internal` if it does not accept the server.
 */
export interface Github {
  /** The page on which the user agrees. */
  authorizeUrl(authorization: Authorization): string;

  /** Returns an access token for a code. Errors: `invalid` with the field `code`. */
  exchange(proof: Proof, requestId: string | null): Promise<string>;

  startDevice(requestId: string | null): Promise<DeviceCode>;

  /**
   * Has the user agreed? Errors: `forbidden` when they declined, `invalid` with the field `handle`
   * when it is too late.
   */
  askDevice(deviceCode: string, requestId: string | null): Promise<DeviceAnswer>;

  /**
   * Returns the profile of the user who granted the token. Errors: `forbidden` when the token
   * allows less than was asked for.
   */
  profile(accessToken: string, requestId: string | null): Promise<GithubProfile>;
}
