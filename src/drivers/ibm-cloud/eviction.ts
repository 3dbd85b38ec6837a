import { DriverError, NotYet, type CredentialSecret } from '../driver';
import type { Administration, Api } from './api';
import { iamIdOf, issuedIn, ownerOf, removeIdentities, removeKey } from './issued';
import { probe } from './probe';
import {
  isOut,
  isSearchDue,
  NO_EVIDENCE,
  nextLook,
  observe,
  type Evidence,
  type Observation,
  type ProofTimes,
} from './proof';
import { inspect, removeFound, type OwnThings } from './sweep';
import { exchange, type Tokens } from './tokens';

/** The retirement of one key, as far as it has come. Sealed, since it holds the witness. */
interface Retirement {
  /** A token that was derived from the key while it worked; null if it did no longer. */
  witness: Tokens | null;
  /** The key and its identity; null if they were gone. */
  owner: Administration | null;
  evidence: Evidence;
  /** Things that are being removed, and have not been counted yet. */
  removing?: Removing | null;
}

/** Noted before anything is removed: afterwards a call that failed would know nothing of it. */
interface Removing {
  isBorrowed: boolean;
}

/** The memo of a retirement: one entry for each key that the operation retires. */
type Memo = Record<string, Retirement>;

/** A lifetime that IBM Cloud never exceeds, in ms: what an account may set is at most this. */
const LONGEST_TOKEN_LIFE = 3_600_000;

/** The same for refresh tokens. */
const LONGEST_REFRESH = 72 * 3_600_000;

/**
 * Ends everything that the holder of `old` can do, and returns once that is proven. `current` works
 * on, and is the control: nothing is refused unless it is accepted in the same round. Each call is
 * one round. Errors: NotYet until the proof is complete; DriverError.
 */
export async function evict(
  api: Api,
  old: CredentialSecret,
  current: CredentialSecret,
  markerId: string,
  memo: string | null,
): Promise<void> {
  const all = memo === null ? {} : (JSON.parse(memo) as Memo);
  const name = String(old.username ?? '');
  const known = all[name];
  const save = (retirement: Retirement) => JSON.stringify({ ...all, [name]: retirement });
  if (!known) {
    const begun = await begin(api, String(old.password));
    // The witness must be on disk before the key is deleted: no other can be had afterwards.
    throw new NotYet(api.now(), 'The key of the last holder is about to be retired.', save(begun));
  }
  const times = await timesOf(api);
  await removeAuthority(api, known, current);
  const own = { ids: [markerId], serviceIds: [String(current.username)] };
  const note = (removing: Removing) => save({ ...known, removing });
  const seen = await look(api, known, { old, current, own, times, note });
  const evidence = observe(known.evidence, seen, times);
  if (isOut(evidence, seen.now, times)) return;
  const { until, reason } = nextLook(evidence, seen.now, times);
  throw new NotYet(
    until,
    reason,
    save({
      ...known,
      witness: seen.witness,
      evidence,
      removing: seen.found === null ? known.removing : null,
    }),
  );
}

async function begin(api: Api, key: string): Promise<Retirement> {
  const owner = await ownerOf(api, key);
  if (owner?.keyId === (await api.administration()).keyId)
    throw new DriverError('resource', 'The key that was lent is that of the administration.');
  const witness = await exchange({ apiKey: key }, api.context);
  return { witness, owner, evidence: NO_EVIDENCE };
}

/** Policies first, then keys, then identities: of the old key, and of all issued but the current. */
async function removeAuthority(
  api: Api,
  { owner }: Retirement,
  current: CredentialSecret,
): Promise<void> {
  const issued = (await issuedIn(api)).map(({ id }) => id);
  const ofOwner = owner?.iamId.startsWith('iam-ServiceId-') ? [owner.iamId.slice(4)] : [];
  const old = [...new Set([...issued, ...ofOwner])].filter((id) => id !== current.username);
  await removeIdentities(api, old);
  if (owner && owner.iamId !== current.iamId) await removeKey(api, owner.keyId);
}

interface Parties {
  old: CredentialSecret;
  current: CredentialSecret;
  own: OwnThings;
  times: ProofTimes;
  /** The memo of this round, with what is being removed. */
  note: (removing: Removing) => string;
}

/** One round: the old key, the control, the witness and its control, and a search. */
async function look(
  api: Api,
  { witness, evidence, removing }: Retirement,
  { old, current, own, times, note }: Parties,
): Promise<Observation & { witness: Tokens | null }> {
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

type Found = Pick<Observation, 'found' | 'seeds' | 'borrowedFor'>;

const NOT_SEARCHED: Found = { found: null, seeds: 0, borrowedFor: 0 };

/**
 * Searches the account. Anything that could have given access is noted by `note` before it is
 * removed, in the next round, which counts it even if it finds nothing more. A key that somebody
 * made for one of our own service IDs may have given refresh tokens, if IBM Cloud gives the control
 * any: those live as long as the service ID, and no longer than their own time.
 */
async function search(
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

/**
 * The times of the account. A holder who manages access may have changed the life of tokens, and
 * made some before; then the longest that IBM Cloud allows counts.
 */
async function timesOf(api: Api): Promise<ProofTimes> {
  const { propagationMs, holdersManageAccess } = api.context.settings;
  const { accountId } = api.account;
  const { system_access_token_expiration_in_seconds: seconds } = await api.ask(
    'read how long tokens live',
    () => api.identity.getAccountSettings({ accountId }),
  );
  const read = Number(seconds) * 1000;
  const isUsable = read > 0 && !holdersManageAccess;
  return {
    propagation: propagationMs,
    tokenLife: isUsable ? read : Math.max(LONGEST_TOKEN_LIFE, read || 0),
    tokensCanBeProven: !holdersManageAccess,
  };
}

/** A new account: as if a key of somebody unknown had been refused from now on. */
type Arrival = Pick<Retirement, 'evidence' | 'removing'>;

/**
 * Searches an account that has just been taken, until nothing is found twice and every token made
 * before it was taken has expired. Errors: NotYet until then; DriverError.
 */
export async function clearOut(api: Api, markerId: string, memo: string | null): Promise<void> {
  const known: Arrival =
    memo === null ? { evidence: NO_EVIDENCE, removing: null } : (JSON.parse(memo) as Arrival);
  const times = { ...(await timesOf(api)), tokensCanBeProven: false };
  const own = { ids: [markerId], serviceIds: [] };
  const note = (removing: Removing) => JSON.stringify({ ...known, removing });
  const found = await search(api, own, null, known.removing ?? null, note);
  const now = api.now();
  const seen = { ...found, now, key: 'refused', token: 'absent' } as const;
  const evidence = observe(known.evidence, seen, times);
  if (isOut(evidence, now, times)) return;
  const { until, reason } = nextLook(evidence, now, times);
  throw new NotYet(until, reason, JSON.stringify({ evidence, removing: null }));
}
