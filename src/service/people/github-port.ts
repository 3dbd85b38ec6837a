import type { GithubProfile } from '../../domain/people/sign-in';

/** Where a browser is sent, and what GitHub sends back with it. */
export interface Authorization {
  /** Comes back unchanged; who does not know it did not begin this sign-in. */
  state: string;
  /** base64url of SHA-256 of the PKCE verifier (RFC 7636, 4.2). */
  challenge: string;
}

/**
 * A code that proves who signed in, and the PKCE verifier, which proves that the sign-in began
 * here.
 */
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
 * `interval`: seconds to wait before asking again, where GitHub wants another wait than it said at
 * first.
 */
export type DeviceAnswer =
  { status: 'pending'; interval: number | null } | { status: 'granted'; accessToken: string };

/**
 * GitHub, as far as signing in needs it. Access tokens are for the calls that follow at once and
 * are never kept. `requestId` goes with each call as X-Request-ID. Errors of every call:
 * DomainError `busy` where GitHub does not answer, limits us or fails, `internal` where it does not
 * accept this server.
 */
export interface Github {
  /** The page on which the user agrees. */
  authorizeUrl(authorization: Authorization): string;

  /** An access token for a code. Errors: `invalid` with the field `code`. */
  exchange(proof: Proof, requestId: string | null): Promise<string>;

  startDevice(requestId: string | null): Promise<DeviceCode>;

  /**
   * Has the user agreed? Errors: `forbidden` when they declined, `invalid` with the field `handle`
   * when it is too late.
   */
  askDevice(deviceCode: string, requestId: string | null): Promise<DeviceAnswer>;

  /**
   * The profile of the user who owns this access token. Errors: `forbidden` when the token allows
   * less than was asked for.
   */
  profile(accessToken: string, requestId: string | null): Promise<GithubProfile>;
}
