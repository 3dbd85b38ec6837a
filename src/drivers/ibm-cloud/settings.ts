import { z } from 'zod';
import type { Capabilities } from '../../domain/lifecycle/operation';

const LOOPBACK = new Set(['127.0.0.1', '[::1]', 'localhost']);

/** An API key crosses every endpoint, so that nothing but this machine is reached in clear. */
const endpoint = z.url({ protocol: /^https?$/ }).refine((text) => {
  // It is asked of every text, whether or not it is a URL.
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  return protocol === 'https:' || LOOPBACK.has(hostname);
}, 'must begin with https://');

const resourceCrn = z
  .string()
  .regex(/^crn:v1:(?:[^:]*:){5}[^:]+::$/, 'must be the CRN of a resource instance');

const listedAccount = z.strictObject({
  /** Its name here; a resource of this name gets this account. */
  name: z.string().min(1).max(60),
  accountId: z.string().regex(/^[0-9a-f]{32}$/, 'must be 32 hexadecimal digits'),
  /** A file that holds an API key of the account's administration, and nothing else. */
  apiKeyFile: z.string().startsWith('/', 'must be an absolute path'),
  /** The resource instance at which tokens are tried; by default the account's own settings. */
  witness: resourceCrn.optional(),
});

const lentPolicy = z.strictObject({
  /** Role ids, such as `crn:v1:bluemix:public:iam::::role:Editor`. */
  roles: z.array(z.string().startsWith('crn:')).min(1),
  /** Attributes of the resources; none: everything in the account that has resource groups. */
  resources: z.record(z.string().min(1), z.string().min(1)).default({}),
});

export const ibmCloudSettings = z.strictObject({
  accounts: z
    .array(listedAccount)
    .min(1)
    .refine((accounts) => isUnique(accounts.map(({ name }) => name)), 'names must differ')
    .refine(
      (accounts) => isUnique(accounts.map(({ accountId }) => accountId)),
      'an account must be listed once',
    ),
  /** The access that each lent key gets. */
  access: z.array(lentPolicy).min(1),
  /**
   * May holders make service IDs, API keys, policies or trusted profiles? If so, an account returns
   * only when every token that they can have made has expired.
   */
  holdersManageAccess: z.boolean().default(true),
  /** Ids and CRNs of everything that cleaning leaves in place. */
  keep: z.array(z.string().min(1)).default([]),
  /** How long a change may take until every server of IBM Cloud knows it; ms. */
  propagationMs: z.number().int().min(0).max(3_600_000).default(600_000),
  endpoints: z
    .strictObject({
      iam: endpoint.default('https://iam.cloud.ibm.com'),
      resourceController: endpoint.default('https://resource-controller.cloud.ibm.com'),
      userManagement: endpoint.default('https://user-management.cloud.ibm.com'),
    })
    .prefault({}),
  /** How long one request may take; ms. */
  requestTimeoutMs: z.number().int().min(100).max(300_000).default(20_000),
});
export type IbmCloudSettings = z.output<typeof ibmCloudSettings>;
export type ListedAccount = IbmCloudSettings['accounts'][number];
export type LentPolicy = IbmCloudSettings['access'][number];

/** An admin sets times; the rest decides which accounts are reached, and what holders may do. */
export const IBM_CLOUD_FILE_ONLY: readonly (keyof IbmCloudSettings)[] = [
  'accounts',
  'access',
  'holdersManageAccess',
  'keep',
  'propagationMs',
  'endpoints',
];

export const IBM_CLOUD_CAPABILITIES: Capabilities = {
  provisions: true,
  rotates: true,
  opensAccess: false,
  accessByKey: false,
  staticCredential: true,
  leavesNothing: false,
  simulates: false,
  replaces: false,
  proves: 'R3',
};

function isUnique(texts: readonly string[]): boolean {
  return new Set(texts).size === texts.length;
}
