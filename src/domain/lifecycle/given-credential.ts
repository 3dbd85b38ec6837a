import type { Change, Decision, DetailFields } from '../change';
import type { DecisionContext } from '../context';
import { DomainError } from '../errors';
import { mergeUpdates } from '../merge-updates';
import { requireSimulationMeant } from '../pools/simulation';
import { cleanAgain, type ResourceSnapshot } from './admin';
import type { Credential } from './credential';
import type { Resource } from './resource';

/** A resource with all its known credentials. */
export interface CredentialSnapshot extends ResourceSnapshot {
  credentials: Credential[];
}

/**
 * Checks that no other resource has, or had, the value of a new token: holders name a token by it.
 * `owner`: the id of the resource that has it; null: none. Errors: `conflict`.
 */
export function requireNewValue({ id, kind }: Resource, owner: string | null): void {
  if (kind === 'token' && owner !== null && owner !== id)
    throw new DomainError('conflict', 'Another token has, or had, this value.', 'token');
}

/**
 * Stores the working credential that an admin supplies. The known ones are retired, or dropped if the driver
 * cannot retire any, and the resource is cleaned with the new one before it is lent again.
 * `details`: facts that follow from the credential. Errors: `in_use`, `conflict`, `unsupported`.
 */
export function giveCredential(
  snapshot: CredentialSnapshot,
  credential: Credential,
  details: DetailFields,
  context: DecisionContext,
): Decision<string> {
  const { resource, pools, credentials } = snapshot;
  const pool = pools[resource.poolId]!;
  const { capabilities } = pool;
  requireSimulationMeant(pool);
  if (!capabilities.staticCredential)
    throw new DomainError('unsupported', `${resource.name} has no static credential to replace.`);
  const cleaned = cleanAgain(snapshot, context);
  const before = credentials.map(({ id }): Change =>
    capabilities.rotates
      ? { do: 'setCredential', id, state: 'retiring' }
      : { do: 'dropCredential', id },
  );
  const unproven: Change = {
    do: 'setResource',
    id: resource.id,
    set: { failures: 0, unprovenSince: context.now },
  };
  const known: Change = { do: 'setDetails', resourceId: resource.id, kind: resource.kind, details };
  return {
    changes: mergeUpdates([
      ...before,
      { do: 'putCredential', credential },
      known,
      ...cleaned.changes,
      unproven,
    ]),
    value: resource.id,
  };
}
