import { NotYet, type CredentialSecret } from '../driver';
import type { Administration, Api } from './api';
import { iamIdOf } from './issued';
import { probe } from './probe';
import { isSearchDue, type Evidence, type Observation, type ProofTimes } from './proof';
import { inspect, inventoryOf, removeFound, type OwnThings } from './sweep';
import { exchange, type Tokens } from './tokens';

/** How long IBM Cloud lets refresh tokens live at most, in ms. */
const LONGEST_REFRESH = 72 * 3_600_000;

/** The retirement of one key, as far as it has come. Sealed, since it holds the witness. */
export interface Retirement {
  /** A token that was derived from the key while it worked; null if it did no longer. */
  witness: Tokens | null;
  /** The key and its identity; null if they were gone. */
  owner: Administration | null;
  evidence: Evidence;
  /** How many things were found so far. */
  removed?: number;
  /** Things that are being removed, and have not been counted yet. */
  removing?: Removing | null;
}

/** Noted before anything is removed: afterwards a call that failed would know nothing of it. */
export interface Removing {
  isBorrowed: boolean;
}

interface Parties {
  old: CredentialSecret;
  current: CredentialSecret;
  own: OwnThings;
  times: ProofTimes;
  /** The memo of this round, with what is being removed. */
  note: (removing: Removing) => string;
}

/** Everything that one round has seen. */
export type Look = Observation & { witness: Tokens | null; inventory: string | null };

/** One round: the old key, the control, the witness and its control, and a search. */
export async function look(
  api: Api,
  { witness, evidence, removing }: Retirement,
  { old, current, own, times, note }: Parties,
): Promise<Look> {
  const renewed = await renewedBy(api, String(old.password), witness?.refresh ?? null);
  const control = await exchange({ apiKey: String(current.password) }, api.context);
  const isDue = isSearchDue(evidence, api.now(), times);
  const swept = isDue ? await search(api, own, control, removing ?? null, note) : NOT_SEARCHED;
  if (renewed)
    return {
      ...swept,
      now: api.now(),
      key: 'accepted',
      token: null,
      witness: youngest(witness, renewed),
    };
  const key = control ? ('refused' as const) : null;
  const token = await tokenAnswer(api, witness, control, evidence);
  return { ...swept, now: api.now(), key, token, witness };
}

type Found = Pick<Observation, 'found' | 'seeds' | 'borrowedFor'> & { inventory: string | null };

const NOT_SEARCHED: Found = { found: null, seeds: 0, borrowedFor: 0, inventory: null };

/**
 * Searches the account. Anything that could have given access is noted by `note` before it is
 * removed, in the next round, which counts it even if it finds nothing more. A key that somebody
 * made for one of our own service IDs may have given refresh tokens, if IBM Cloud gives the control
 * any: those live as long as the service ID, and no longer than their own time.
 */
export async function search(
  api: Api,
  own: OwnThings,
  control: Tokens | null,
  removing: Removing | null,
  note: (removing: Removing) => string,
): Promise<Found> {
  const findings = await inspect(api, own);
  const { items, seeds, borrowed } = findings;
  const isBorrowed = own.serviceIds.some((id) => borrowed.includes(iamIdOf(id)));
  const noted = { isBorrowed: isBorrowed || removing?.isBorrowed === true };
  if (seeds > 0 && (!removing || (isBorrowed && !removing.isBorrowed)))
    throw new NotYet(api.now(), 'Things that the last holder left are being removed.', note(noted));
  await removeFound(api, own, findings);
  const isRefreshed = control === null || control.refresh !== null;
  const more = removing ? 1 : 0;
  return {
    found: items.length + more,
    seeds: seeds + more,
    borrowedFor: noted.isBorrowed && isRefreshed ? LONGEST_REFRESH : 0,
    inventory: inventoryOf(findings),
  };
}

/** The tokens that the old key, or the refresh token derived from it, still gives; null: none. */
async function renewedBy(
  api: Api,
  key: string,
  refreshToken: string | null,
): Promise<Tokens | null> {
  const byKey = await exchange({ apiKey: key }, api.context);
  if (byKey || refreshToken === null) return byKey;
  return exchange({ refreshToken }, api.context);
}

function youngest(witness: Tokens | null, renewed: Tokens): Tokens {
  return { ...renewed, refresh: renewed.refresh ?? witness?.refresh ?? null };
}

/** An expired token proves nothing about those that are not; the control is asked after it. */
async function tokenAnswer(
  api: Api,
  witness: Tokens | null,
  control: Tokens | null,
  { tokenRefused }: Evidence,
): Promise<Observation['token']> {
  if (!witness) return 'absent';
  if (witness.expiresAt <= api.now()) return tokenRefused ? null : 'absent';
  const answer = await probe(api, witness.access);
  if (answer !== 'refused') return answer === 'accepted' ? 'accepted' : null;
  return control && (await probe(api, control.access)) === 'accepted' ? 'refused' : null;
}
