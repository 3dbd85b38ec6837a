import type { Searched } from '../../domain/returns/evidence';
import { DriverError, NotYet, type Call, type CredentialSecret } from '../driver';
import type { Api } from './api';
import { issuedIn, ownerOf, removeIdentities, removeKey } from './issued';
import { look, search, type Look, type Removing, type Retirement } from './look';
import {
  isOut,
  NO_EVIDENCE,
  nextLook,
  observe,
  shownBy,
  type Evidence,
  type ProofTimes,
} from './proof';
import { exchange } from './tokens';

/** The memo of a retirement: one entry for each key that the operation retires. */
type Memo = Record<string, Retirement>;

/** A lifetime that IBM Cloud never exceeds, in ms: what an account may set is at most this. */
const LONGEST_TOKEN_LIFE = 3_600_000;

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
  { memo, derived, show }: Pick<Call, 'memo' | 'derived' | 'show'>,
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
  const tokensMayLive = derived === 'acceptUntilExpiry';
  const times = { ...(await timesOf(api)), tokensMayLive };
  await removeAuthority(api, known, current);
  const own = { ids: [markerId], serviceIds: [String(current.username)] };
  const note = (removing: Removing) => save({ ...known, removing });
  const seen = await look(api, known, { old, current, own, times, note });
  const evidence = observe(known.evidence, seen, times);
  const removed = (known.removed ?? 0) + (seen.found ?? 0);
  if (isOut(evidence, seen.now, times))
    return show({
      ...shownBy(evidence, seen.now, times, api.context.settings.endpoints.iam),
      searched: searchedBy(evidence, seen, removed),
    });
  const { until, reason } = nextLook(evidence, seen.now, times);
  throw new NotYet(
    until,
    reason,
    save({
      ...known,
      removed,
      witness: seen.witness,
      evidence,
      removing: seen.found === null ? known.removing : null,
    }),
  );
}

/** The searches that found nothing more. */
function searchedBy({ nothingFound }: Evidence, { now, inventory }: Look, found: number): Searched {
  const { count: passes, since } = nothingFound!;
  return { passes, since, until: now, found, inventory: inventory! };
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
