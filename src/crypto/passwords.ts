import { createHmac } from 'node:crypto';
import { performance } from 'node:perf_hooks';
import bcrypt from 'bcrypt';
import { LRUCache } from 'lru-cache';
import { UNBOUNDED, type Attempt } from './attempt';
import { slots } from './slots';

/** Marks an imported bcrypt hash, which was made of the bare password without the pepper. */
export const PLAIN_HASH = 'plain:';

/** Hashes passwords, and checks them. */
export interface Passwords {
  /** The hash to store. Errors: DomainError `busy` if too many calls are waiting. */
  hash(password: string): Promise<string>;
  /**
   * Does the password match the hash `stored`? For an unknown user, `stored` is null: the answer is
   * false and takes as long, as for any other user. `attempt` is asked when its turn has come, and
   * told of a refusal. Errors: DomainError `busy` if too many calls are waiting, and those of
   * `attempt`.
   */
  verify(
    password: string,
    stored: string | null,
    attempt?: Attempt,
    likeness?: Likeness,
  ): Promise<boolean>;
  /** Should the password be hashed anew, because this hash was made elsewhere or at another cost? */
  isOutdated(stored: string): boolean;
  /**
   * Identifies a text that may hold a password. Guesses cannot be tested against it without the
   * pepper.
   */
  fingerprint(text: string): string;
}

/** The way in which all refusals are alike. */
export interface Likeness {
  /** The name by which the caller calls the user. */
  name?: string;
  /** The cost to which all comparisons are brought, if it is higher than ours. */
  cost?: number;
}

/** bcrypt's costs; one step doubles the time, and the highest takes about 2 s. */
const LOWEST_COST = 4;
const HIGHEST_COST = 15;

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
  const digest = (password: string) =>
    createHmac('sha384', pepper).update(password, 'utf8').digest('base64');

  /** Counts a refusal before the next comparison begins. */
  const guess = (attempt: Attempt, comparison: () => Promise<boolean>) =>
    slot(async () => {
      attempt.admit();
      const isRight = await comparison();
      if (!isRight) attempt.refused();
      return isRight;
    }, attempt.from);

  async function matches(password: string, stored: string, least: number): Promise<boolean> {
    for (const form of formsOf(password)) if (await isForm(form, stored, least)) return true;
    return false;
  }

  async function isForm(form: string, stored: string, least: number): Promise<boolean> {
    const isRight = await (stored.startsWith(PLAIN_HASH)
      ? bcrypt.compare(form, stored.slice(PLAIN_HASH.length))
      : bcrypt.compare(digest(form), stored));
    // Costs c, c+1, … to the last below `least` add up to what `least` takes.
    for (let spent = costOf(stored); spent < least; spent += 1)
      await bcrypt.compare(digest(form), unmatchable(spent, '.'.repeat(HASH_LENGTH)));
    return isRight;
  }

  /** The hash of an unknown user, always the same for a name; nobody knows its password. */
  function decoyOf(name: string): string {
    const text = createHmac('sha512', pepper).update(`decoy\0${name}`, 'utf8').digest('base64');
    return unmatchable(cost, text.replace(/[+=]/g, '.').slice(0, HASH_LENGTH));
  }

  // A client's calls with the same password and hash share one bcrypt, so that a burst costs one.
  async function compare(
    key: string,
    password: string,
    stored: string,
    attempt: Attempt,
    least: number,
  ): Promise<boolean> {
    const comparison = guess(attempt, () => matches(password, stored, least));
    const burst = `${attempt.from} ${key}`;
    inFlight.set(burst, comparison);
    try {
      const isRight = await comparison;
      if (isRight) verified.set(key, true);
      return isRight;
    } finally {
      inFlight.delete(burst);
    }
  }

  async function shared(comparison: Promise<boolean>, attempt: Attempt): Promise<boolean> {
    const isRight = await comparison;
    if (!isRight) attempt.refused();
    return isRight;
  }

  return {
    hash: (password) => slot(() => bcrypt.hash(digest(prepared(password)), cost)),
    async verify(password, stored, attempt = UNBOUNDED, { name = '', cost: others = 0 } = {}) {
      const hash = stored !== null && costOf(stored) <= HIGHEST_COST ? stored : decoyOf(name);
      const least = Math.max(cost, Math.min(others, HIGHEST_COST));
      const key = createHmac('sha256', pepper)
        .update(`${hash}\0${password}`, 'utf8')
        .digest('base64');
      if (verified.get(key)) return true;
      const other = inFlight.get(`${attempt.from} ${key}`);
      return other ? shared(other, attempt) : compare(key, password, hash, attempt, least);
    },
    isOutdated: (stored) => stored.startsWith(PLAIN_HASH) || costOf(stored) !== cost,
    fingerprint: (text) =>
      createHmac('sha256', pepper).update(`fingerprint\0${text}`, 'utf8').digest('hex'),
  };
}

/** Salt and hash together. */
const HASH_LENGTH = 53;

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
function unmatchable(cost: number, saltAndHash: string): string {
  return `$2b$${String(cost).padStart(2, '0')}$${saltAndHash}`;
}

/** The cost of a stored hash; the lowest for a malformed one, which bcrypt refuses at once. */
function costOf(stored: string): number {
  const [, cost] = /\$2[aby]\$(\d\d)\$[^$]{53}$/.exec(stored) ?? [];
  return cost === undefined ? LOWEST_COST : Number(cost);
}
