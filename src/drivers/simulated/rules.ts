import type { Call, CredentialSecret, Target } from '../driver';
import { DriverError } from '../driver';
import { IMPORTED, loginOf, type Login } from './logins';
import { addLogin, type ThingState } from './things';

/**
 * Records that this call changed the thing. Errors: DriverError for a late call: one of an earlier
 * generation, or of an operation or attempt that a later one has followed. A call is late only if
 * its operation is older as well: after a restore from a backup generations count again from a
 * lower number, with newer operations.
 */
export function takeTurn(
  state: ThingState,
  { generation }: Target,
  { operationId, attempt }: Call,
): ThingState {
  const isOlder =
    operationId < state.last_operation ||
    (operationId === state.last_operation && attempt < state.last_attempt);
  if (generation <= state.generation && isOlder) throw superseded();
  return Object.assign(state, { generation, last_operation: operationId, last_attempt: attempt });
}

/** Removes the logins of this operation. Errors: DriverError if a later attempt made one. */
export function replaceOwn(state: ThingState, call: Call): void {
  const isOwn = ({ credentialId }: Login) => credentialId === call.operationId;
  if (state.logins.some((login) => isOwn(login) && login.attempt > call.attempt))
    throw superseded();
  state.logins = state.logins.filter((login) => !isOwn(login));
}

/** The login that the credential matches. Errors: DriverError if there is none. */
export function requireAccepted(state: ThingState, credential: CredentialSecret): Login {
  const login = matchOrRegister(state, credential);
  if (!login) throw new DriverError('resource', 'The current credential is refused.');
  return login;
}

/**
 * The login that the credential matches, if any. Imported things existed before we knew them, so
 * the first credential ever presented for a thing is registered as the one it has always had. From
 * then on only registered ones work.
 */
export function matchOrRegister(
  state: ThingState,
  credential: CredentialSecret,
): Login | undefined {
  if (state.login_seen === 0)
    addLogin(state, credential, { credentialId: IMPORTED, attempt: 0, purpose: 'standing' });
  return loginOf(state.logins, credential);
}

/** Runs `work` and turns any other error of it into a DriverError. */
export async function asDriverError<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof DriverError) throw error;
    throw new DriverError('backend', 'The file of the simulated cloud cannot be used.', {
      cause: error,
    });
  }
}

/** Errors: DriverError after the deadline of the call. */
export function requireTime(call: Call): void {
  if (call.signal.aborted)
    throw new DriverError('backend', 'The call was stopped at its deadline.');
}

/** The failure of a call on a thing that is gone. */
export function missing(): DriverError {
  return new DriverError('resource', 'The thing does not exist.');
}

/** The failure of a late call. */
export function superseded(): DriverError {
  return new DriverError('resource', 'A newer call has already run; this one changed nothing.');
}
