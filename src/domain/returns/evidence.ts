/**
 * Drivers and the engine show, step by step, that the last holder of a resource is out. A holder may
 * keep the login that was lent (P), what was made from it, such as sessions and tokens (D), and what
 * was planted while inside, such as keys, users and timers (S). Times are epoch ms.
 */
export interface Evidence {
  refused?: LoginRefused;
  derived?: DerivedDead;
  searched?: Searched;
  replaced?: Replaced;
}

/** P: the last holder's login was refused, while another one was accepted in turns with it. */
export interface LoginRefused {
  /** The place at which both logins were tried; holds no secret. */
  endpoint: string;
  /** Refusals in a row, the first at `since`, the last at `until`. */
  times: number;
  since: number;
  until: number;
  /** How often the other login, the control, was accepted meanwhile. */
  accepted: number;
}

/**
 * D: `none` can exist; all `ended` with the login; one was `refused`; or all have `expired`.
 * `acceptedUntilExpiry`: one may live until then, as the pool's policy accepts.
 */
export interface DerivedDead {
  how: 'none' | 'ended' | 'refused' | 'expired' | 'acceptedUntilExpiry';
  /** When the youngest that can exist expires at the latest; null: none has such an end. */
  until: number | null;
}

/** S: searched several times after P and D were dead, until nothing was found. */
export interface Searched {
  passes: number;
  /** The beginning of the first pass that counts, and the end of the last. */
  since: number;
  until: number;
  /** How many things earlier passes found, and removed. */
  found: number;
  /** SHA-256 (hex) of what is there after the last pass. */
  inventory: string;
}

/** The resource is a new one, and nothing of the old one is left. */
export interface Replaced {
  /** The handle of the old one, which was seen to be gone. */
  gone: string;
}
