import type { Evidence as Shown } from '../../domain/returns/evidence';

/**
 * The proof that the last holder of an account is out, as decisions on what has been observed so
 * far. Three classes of secrets have to be dead: the key that was lent (P), the tokens derived from
 * it (D), and whatever was seeded inside (S). See docs/drivers.md.
 */

/** An uninterrupted run of the same answer, while the control was accepted each time. */
export interface Run {
  /** The first of them; epoch ms. */
  since: number;
  count: number;
}

/** All that has been observed so far; kept between the calls of one retirement. */
export interface Evidence {
  /** The key has been refused, and so has the refresh token of the witness. */
  keyRefused: Run | null;
  /** The access token of the witness has been refused while it was not expired. */
  tokenRefused: Run | null;
  /** Nothing was found that is not on the list. */
  nothingFound: Run | null;
  /** Nothing that a seeded identity has made can live longer; epoch ms, 0 if none was found. */
  seededUntil: number;
}

/** One observation of everything. `null`: nothing was learnt. */
export interface Observation {
  now: number;
  key: 'accepted' | 'refused' | null;
  /** `absent`: there is no witness, so that only time can end what it would have shown. */
  token: 'accepted' | 'refused' | 'absent' | null;
  /** How many things were found that may not be there; null if nobody searched. */
  found: number | null;
  /** How many of them can do something by themselves, or give others access. */
  seeds: number;
  /** How long a secret may live that was made for an identity which stays; ms, 0 if none was. */
  borrowedFor: number;
}

/** The times that a proof depends on, in ms. */
export interface ProofTimes {
  /** How long a change may take to be known everywhere. */
  propagation: number;
  /** How long an access token lives at most. */
  tokenLife: number;
  /** May a refused token prove that all are powerless? */
  tokensCanBeProven: boolean;
  /** May tokens live on, until they expire? */
  tokensMayLive?: boolean;
}

export const NO_EVIDENCE: Evidence = {
  keyRefused: null,
  tokenRefused: null,
  nothingFound: null,
  seededUntil: 0,
};

/** The fewest refusals in a row that prove something. */
const LEAST_REFUSALS = 3;

/**
 * The evidence after one more observation. An accepted key, and a thing that was found, begin
 * everything anew that comes after them in the proof.
 */
export function observe(before: Evidence, seen: Observation, times: ProofTimes): Evidence {
  const { now, key, token, found, seeds } = seen;
  const keyRefused = runAfter(before.keyRefused, key, now);
  const tokenRefused =
    token === 'absent' || key === 'accepted' ? null : runAfter(before.tokenRefused, token, now);
  const seededUntil =
    seeds > 0
      ? Math.max(before.seededUntil, now + times.propagation + seen.borrowedFor + times.tokenLife)
      : before.seededUntil;
  const next = { keyRefused, tokenRefused, nothingFound: before.nothingFound, seededUntil };
  if (found !== 0 || !isHolderDead(next, now, times)) return { ...next, nothingFound: null };
  const { nothingFound } = before;
  const run = { since: nothingFound?.since ?? now, count: (nothingFound?.count ?? 0) + 1 };
  return { ...next, nothingFound: run };
}

/** `null` neither lengthens a run nor ends it. */
function runAfter(run: Run | null, answer: string | null, now: number): Run | null {
  if (answer === null) return run;
  if (answer !== 'refused') return null;
  return { since: run?.since ?? now, count: (run?.count ?? 0) + 1 };
}

/** Is the run long enough, in number and in time? */
function isProof(run: Run | null, now: number, { propagation }: ProofTimes): boolean {
  return run !== null && run.count >= LEAST_REFUSALS && now - run.since >= 2 * propagation;
}

/**
 * When the youngest token that can exist has expired, in epoch ms; null while the key may still make
 * new ones. A server that learns late may have accepted the key for a while after it was refused
 * elsewhere.
 */
export function boundOf(
  { keyRefused, seededUntil }: Evidence,
  { propagation, tokenLife }: ProofTimes,
): number | null {
  return keyRefused && Math.max(keyRefused.since + propagation + tokenLife, seededUntil);
}

/** Are the key, and all that was derived from it, dead? */
export function isHolderDead(evidence: Evidence, now: number, times: ProofTimes): boolean {
  if (!isProof(evidence.keyRefused, now, times)) return false;
  if (times.tokensMayLive) return true;
  if (times.tokensCanBeProven && isProof(evidence.tokenRefused, now, times)) return true;
  return now >= boundOf(evidence, times)!;
}

/**
 * Is a search worth its requests? It is not while nothing but the end of a token is awaited: what is
 * found then is found after it, too.
 */
export function isSearchDue(evidence: Evidence, now: number, times: ProofTimes): boolean {
  return !isProof(evidence.keyRefused, now, times) || isHolderDead(evidence, now, times);
}

/** Is the last holder out: are P and D dead, and was S searched twice after that, in vain? */
export function isOut(evidence: Evidence, now: number, times: ProofTimes): boolean {
  const { nothingFound: run } = evidence;
  return (
    isHolderDead(evidence, now, times) &&
    run !== null &&
    run.count >= 2 &&
    now - run.since >= times.propagation
  );
}

/** Complete evidence, for the return record; the key was tried at `endpoint`. */
export function shownBy(
  evidence: Evidence,
  now: number,
  times: ProofTimes,
  endpoint: string,
): Required<Pick<Shown, 'refused' | 'derived'>> {
  const { since, count } = evidence.keyRefused!;
  const until = boundOf(evidence, times)!;
  return {
    refused: { endpoint, times: count, since, until: now, accepted: count },
    derived: { how: tokensEnd(evidence, now, times, until), until },
  };
}

function tokensEnd(evidence: Evidence, now: number, times: ProofTimes, until: number) {
  if (times.tokensCanBeProven && isProof(evidence.tokenRefused, now, times)) return 'refused';
  return now >= until ? 'expired' : 'acceptedUntilExpiry';
}

/** The longest pause between two observations, in ms. */
const LONGEST_PAUSE = 60_000;
const SHORTEST_PAUSE = 1_000;

/** When to look again, in epoch ms, and why it takes that long. */
export function nextLook(
  evidence: Evidence,
  now: number,
  times: ProofTimes,
): { until: number; reason: string } {
  const { propagation } = times;
  const pause = Math.min(Math.max(propagation / 2, SHORTEST_PAUSE), LONGEST_PAUSE);
  const bound = boundOf(evidence, times);
  if (bound === null)
    return { until: now + pause, reason: 'The key of the last holder is still accepted.' };
  if (isHolderDead(evidence, now, times))
    return {
      until: now + (evidence.nothingFound ? Math.max(propagation, SHORTEST_PAUSE) : pause),
      reason: 'The account is searched once more for what the last holder may have left.',
    };
  if (!isProof(evidence.keyRefused, now, times))
    return { until: now + pause, reason: 'The key of the last holder is being proven dead.' };
  return {
    until: times.tokensCanBeProven
      ? Math.min(now + backoffSince(evidence.keyRefused!.since, now), bound)
      : bound,
    reason: `A token of the last holder may live until ${clockTime(bound)} UTC.`,
  };
}

/** The pause grows with the time that has passed: a quarter of it, from one minute to five; ms. */
function backoffSince(since: number, now: number): number {
  return Math.min(Math.max((now - since) / 4, LONGEST_PAUSE), 5 * LONGEST_PAUSE);
}

/** The time of day, as 14:05, never earlier than `time` (epoch ms). */
function clockTime(time: number): string {
  return new Date(Math.ceil(time / 60_000) * 60_000).toISOString().slice(11, 16);
}
