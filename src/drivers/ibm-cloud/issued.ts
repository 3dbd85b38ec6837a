import type { Call, CredentialSecret } from '../driver';
import type { Administration, Api } from './api';
import { superseded } from './faults';
import { apiKeysOf, policiesOf, serviceIdsOf } from './pages';
import { witnessAttributes } from './probe';
import { noteIn, signed } from './seal';
import type { LentPolicy } from './settings';

/** A service ID that this driver has made for holders. */
export interface Issued {
  id: string;
  iamId: string;
  /** The operation, and its attempt, that made it. */
  operation: string;
  attempt: number;
}

type IssuedNote = Pick<Issued, 'operation' | 'attempt'> & { holdfast: 'issued' };

const NAME = 'holdfast-';
const VIEWER = 'crn:v1:bluemix:public:iam::::role:Viewer';

/** The IAM id of a service ID. */
export function iamIdOf(serviceId: string): string {
  return `iam-${serviceId}`;
}

/** Every service ID in the account that was made for a holder. */
export async function issuedIn(api: Api): Promise<Issued[]> {
  const found: Issued[] = [];
  for await (const { id, iam_id: iamId, description } of serviceIdsOf(api)) {
    const note = noteIn<Partial<IssuedNote>>(description, api.account.adminKey);
    if (note?.holdfast === 'issued')
      found.push({ id, iamId, operation: note.operation!, attempt: note.attempt! });
  }
  return found;
}

/**
 * Makes a service ID, named by the operation, with the lent access and an API key, which comes last:
 * nobody can use what is not whole. Earlier attempts of this operation are removed. Errors:
 * DriverError if a later attempt has made one.
 */
export async function issue(
  api: Api,
  access: readonly LentPolicy[],
  { operationId, attempt }: Call,
): Promise<CredentialSecret> {
  const own = (await issuedIn(api)).filter(({ operation }) => operation === operationId);
  if (own.some((each) => each.attempt > attempt)) throw superseded();
  await removeIdentities(
    api,
    own.map(({ id }) => id),
  );
  const { accountId, adminKey } = api.account;
  const note: IssuedNote = { holdfast: 'issued', operation: operationId, attempt };
  const name = `${NAME}${operationId}`;
  const description = signed(note, adminKey);
  const made = await api.ask('make a service ID', () =>
    api.identity.createServiceId({ accountId, name, description }),
  );
  for (const policy of [...access, witnessPolicy(api)]) await grant(api, made.iam_id, policy);
  const key = await api.ask('make an API key', () =>
    api.identity.createApiKey({ name, iamId: made.iam_id, accountId, storeValue: false }),
  );
  return { username: made.id, password: key.apikey, accountId, iamId: made.iam_id };
}

function witnessPolicy({ account: { witness } }: Api): LentPolicy {
  return { roles: [VIEWER], resources: witnessAttributes(witness) };
}

async function grant(api: Api, iamId: string, { roles, resources }: LentPolicy): Promise<void> {
  const attributes = Object.entries({ accountId: api.account.accountId, ...resources });
  await api.ask('make a policy', () =>
    api.policies.createPolicy({
      type: 'access',
      subjects: [{ attributes: [{ name: 'iam_id', value: iamId }] }],
      roles: roles.map((role_id) => ({ role_id })),
      resources: [{ attributes: attributes.map(([name, value]) => ({ name, value })) }],
    }),
  );
}

/** The IAM id that a policy gives something to, if it is one. */
export function subjectOf(policy: {
  subjects?: { attributes?: { name?: string; value?: string }[] }[];
}) {
  return policy.subjects
    ?.flatMap(({ attributes = [] }) => attributes)
    .find(({ name }) => name === 'iam_id')?.value;
}

/**
 * Removes service IDs, authority first: their policies, then their keys, then they themselves. No
 * error for one that is gone.
 */
export async function removeIdentities(api: Api, serviceIds: readonly string[]): Promise<void> {
  if (serviceIds.length === 0) return;
  const iamIds = new Set(serviceIds.map(iamIdOf));
  for await (const policy of policiesOf(api))
    if (iamIds.has(subjectOf(policy) ?? '') && policy.id !== undefined)
      await removePolicy(api, policy.id);
  for await (const { id, iam_id } of apiKeysOf(api, 'serviceid'))
    if (iamIds.has(iam_id)) await removeKey(api, id);
  for (const id of serviceIds)
    await api.find('remove a service ID', () => api.identity.deleteServiceId({ id }));
}

/** Removes a policy. No error if it is gone. */
export async function removePolicy(api: Api, policyId: string): Promise<void> {
  await api.find('remove a policy', () => api.policies.deletePolicy({ policyId }));
}

/** Removes an API key. No error if it is gone. */
export async function removeKey(api: Api, id: string): Promise<void> {
  await api.find('remove an API key', () => api.identity.deleteApiKey({ id }));
}

/** The identity of a key that a pools file brought, to be removed with it. */
export async function ownerOf(api: Api, apiKey: string): Promise<Administration | null> {
  const answer = await api.tryTo('find a key', () =>
    api.identity.getApiKeysDetails({ iamApiKey: apiKey }),
  );
  return 'status' in answer ? null : { keyId: answer.result.id, iamId: answer.result.iam_id };
}
