import { setTimeout as sleep } from 'node:timers/promises';
import type { LoginRefused, Searched } from '../../domain/returns/evidence';
import { DriverError, type Call, type CredentialSecret } from '../driver';
import { loginOf, tryLogin, type Login } from '../ssh-login/ssh';
import { knownName } from '../ssh-login/known-hosts';
import type { Host, Way } from './host';
import { differences, foundError, hashOf, type Inventory } from './inventory';

/** How often a login that has ended is tried. */
const REFUSALS = 3;
/** A holder who seeds anew after this many searches is not going to be gone by another. */
const MOST_SEARCHES = 6;
const SEARCHES = 2;

/** The login of a holder: by what they were given, or by the key whose other half they keep. */
export function holderLogin(access: CredentialSecret | null): Login | null {
  if (!access) return null;
  const login = loginOf(access);
  const { username, publicKey } = access;
  if (login || username === undefined || publicKey === undefined) return login;
  return { username, publicKey: String(publicKey) };
}

/**
 * Sees the server refuse a login three times, and accept ours before each. Errors: DriverError if
 * it does not, or gives no answer: that proves nothing.
 */
export async function requireRefused(
  { endpoint, login }: Way,
  old: Login,
  call: Call,
  now: () => number,
): Promise<LoginRefused> {
  const seen = { endpoint: knownName(endpoint), times: 0, since: 0, until: 0, accepted: 0 };
  while (seen.times < REFUSALS) {
    if ((await tryLogin(endpoint, login, call.signal)) !== 'accepted')
      throw new DriverError('resource', `${seen.endpoint} refuses the user of the settings.`);
    seen.accepted += 1;
    if ((await tryLogin(endpoint, old, call.signal)) !== 'refused')
      throw new DriverError('resource', 'SSH still accepts a login that was ended.');
    seen.until = now();
    seen.since ||= seen.until;
    seen.times += 1;
  }
  return seen;
}

/**
 * Searches a host until two searches in a row, a pause apart, have found nothing of a holder. Errors:
 * DriverError that names what is not known from `before`, or could not be removed.
 */
export async function searchTwice(
  host: Host,
  { before, ignore, settleMs }: { before: Inventory; ignore: readonly string[]; settleMs: number },
  call: Call,
  now: () => number,
): Promise<Searched> {
  let [passes, clean, found, since] = [0, 0, 0, now()];
  for (;;) {
    if (passes > 0) await sleep(settleMs, undefined, { signal: call.signal });
    // A pass that removed something does not count; the one after it is the first of two.
    if (clean === 0) since = now();
    const { removed, left, inventory } = await host.search('removing');
    passes += 1;
    found += removed.length;
    requireNothing(left, before, inventory, ignore);
    clean = removed.length === 0 ? clean + 1 : 0;
    if (clean === SEARCHES)
      return { passes: clean, since, until: now(), found, inventory: hashOf(inventory) };
    if (passes >= MOST_SEARCHES)
      throw new DriverError('resource', `Each of ${passes} searches found something new.`);
  }
}

/** Errors: DriverError that names what a search found. */
export function requireNothing(
  left: readonly string[],
  before: Inventory,
  now: Inventory,
  ignore: readonly string[],
): void {
  const found = [...left.map((each) => `${each} is left`), ...differences(before, now, ignore)];
  if (found.length > 0) throw foundError(found);
}
