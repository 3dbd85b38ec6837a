import type { Api } from './api';

/**
 * The answer to a token at a resource: `accepted`; `refused`, which only its 401 or 403 say; or
 * `unknown`, which proves nothing.
 */
export type ProbeAnswer = 'accepted' | 'refused' | 'unknown';

/**
 * Tries an access token where things of the account are read, which is not where tokens are issued:
 * at the account's witness, or its settings of identity. Errors: DriverError, or NotYet for a 429.
 */
export async function probe(api: Api, accessToken: string): Promise<ProbeAnswer> {
  const { accountId, witness } = api.account;
  const bearer = api.as(accessToken);
  const answer =
    witness === undefined
      ? await api.tryTo('try a token', () => bearer.identity.getAccountSettings({ accountId }))
      : await api.tryTo('try a token', () => bearer.resources.getResourceInstance({ id: witness }));
  if (!('status' in answer)) return 'accepted';
  return answer.status === 401 || answer.status === 403 ? 'refused' : 'unknown';
}

/** The parts of the witness's CRN that a policy names. */
export function witnessAttributes(witness: string | undefined): Record<string, string> {
  if (witness === undefined) return { serviceName: 'iam-identity' };
  const [, , , , serviceName, , , serviceInstance] = witness.split(':');
  return { serviceName: serviceName!, serviceInstance: serviceInstance! };
}
