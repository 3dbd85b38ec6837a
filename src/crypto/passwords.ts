import { createHmac } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import bcrypt from 'bcrypt';
import { LRUCache } from 'lru-cache';
import { slots } from './slots';

/** Marks an imported bcrypt hash, which was made of the bare password without the pepper. */
export const PLAIN_HASH = 'plain:';

/** Hashes passwords, and checks them. */
export interface Passwords {
  /** The hash to store. Errors: DomainError `busy` if too many calls are waiting. */
  hash(password: string): Promise<string>;
  /**
   * Does the password match the hash `stored`? For an unknown user, `stored` is null: the answer is
   * false and takes as long. Errors: DomainError `busy` if too many calls are waiting.
   */
  verify(password: string, stored: string | null): Promise<boolean>;
  /**
   * Identifies a text that may hold a password. Guesses cannot be tested against it without the
   * pepper.
   */
  fingerprint(text: string): string;
}

export interface PasswordOptions {
  /** bcrypt's cost, 4 to 15; 12 takes about 0.2 s. */
  cost?: number;
  /** The most bcrypt calls at once: libuv has four threads, and files and DNS need some of them. */
  running?: number;
  /** The most calls that wait behind those. */
  waiting?: number;
  /** How long a verified password is remembered, in ms, and the most that are. */
  rememberFor?: number;
  remembered?: number;
  /** Monotonic ms. */
  now?: () => number;
}

const DEFAULTS: Required<PasswordOptions> = {
  cost: 12,
  running: 2,
  waiting: 100,
  rememberFor: 60_000,
  remembered: 1_000,
  now: () => performance.now(),
};

/**
 * bcrypt of base64(HMAC-SHA-384(pepper, password)): 64 characters without NUL, since bcrypt stops at
 * NUL and after 72 bytes (OWASP Password Storage Cheat Sheet, "Pre-Hashing Passwords with bcrypt").
 * The pepper is a secret of its own.
 */
export function passwords(pepper: Buffer, options: PasswordOptions = {}): Passwords {
  const { cost, running, waiting, rememberFor, remembered, now } = { ...DEFAULTS, ...options };
  const slot = slots(running, waiting);
  // The time of each counts from when it was verified, however often it is used meanwhile.
  const verified = new LRUCache<string, true>({
    max: remembered,
    ttl: rememberFor,
    ttlResolution: 0,
    perf: { now },
  });
  const inFlight = new Map<string, Promise<boolean>>();
  const decoy = unmatchable(cost);
  const digest = (password: string) =>
    createHmac('sha384', pepper).update(password, 'utf8').digest('base64');

  /** An unknown user costs as much: every form is compared there, too. */
  async function matchesAnyForm(password: string, stored: string): Promise<boolean> {
    for (const form of formsOf(password)) {
      const matches = stored.startsWith(PLAIN_HASH)
        ? await bcrypt.compare(form, stored.slice(PLAIN_HASH.length))
        : await bcrypt.compare(digest(form), stored);
      if (matches) return true;
    }
    return false;
  }

  // Calls with the same password and hash share one bcrypt, so that a client's burst costs one.
  async function compare(key: string, password: string, stored: string): Promise<boolean> {
    const attempt = slot(() => matchesAnyForm(password, stored));
    inFlight.set(key, attempt);
    try {
      const matches = await attempt;
      if (matches) verified.set(key, true);
      return matches;
    } finally {
      inFlight.delete(key);
    }
  }

  return {
    hash: (password) => slot(() => bcrypt.hash(digest(prepared(password)), cost)),
    async verify(password, stored) {
      if (stored === null) {
        await slot(() => matchesAnyForm(password, decoy));
        return false;
      }
      const key = createHmac('sha256', pepper)
        .update(`${stored}\0${password}`, 'utf8')
        .digest('base64');
      return verified.get(key) ?? inFlight.get(key) ?? compare(key, password, stored);
    },
    fingerprint: (text) =>
      createHmac('sha256', pepper).update(`fingerprint\0${text}`, 'utf8').digest('hex'),
  };
}

/**
 * A password in the one form that is hashed (RFC 8265, 4.2): keyboards and systems differ in how
 * they write the same accented letter or a space.
 */
function prepared(password: string): string {
  return password.replace(/\p{Zs}/gu, ' ').normalize('NFC');
}

/** The forms to compare: as prepared, and as typed, for hashes of imported or older passwords. */
function formsOf(password: string): string[] {
  return [...new Set([prepared(password), password])];
}

/** A well-formed hash of no known password, which costs bcrypt as much as a real one. */
function unmatchable(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$${'.'.repeat(53)}`;
}
