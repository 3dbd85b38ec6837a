import { z } from 'zod';
import type { Capabilities } from '../../domain/lifecycle/operation';
import type { ListingRules } from '../driver';

const port = z.coerce.number().int().min(1).max(65_535);
const webAddress = z.url({ protocol: /^https?$/, error: 'must be an address like https://host/' });

const http = z
  .strictObject({
    /** The address to ask; by default `url` of the resource. */
    url: webAddress.optional(),
    /** Asked for at `url` of the resource. */
    path: z.string().startsWith('/').optional(),
    /** The status that counts as an answer; by default any from 200 to 299. */
    status: z.number().int().min(100).max(599).optional(),
  })
  .refine(({ url, path }) => url === undefined || path === undefined, {
    error: 'has both url and path; give one of them',
  });

export const staticSettings = z.strictObject({
  /** How to find out that a resource answers, before each loan and now and then while it is idle. */
  check: z
    .strictObject({
      tcp: z.literal(true).optional(),
      http: http.optional(),
      /** How long an answer may take, in ms. */
      timeoutMs: z.number().int().min(10).max(60_000).default(5_000),
    })
    .refine((check) => (check.tcp === undefined) !== (check.http === undefined), {
      error: 'must have either tcp or http',
    })
    .optional(),
});
export type StaticSettings = z.output<typeof staticSettings>;
export type StaticCheck = NonNullable<StaticSettings['check']>;

/** The one that decides what this server connects to. */
export const STATIC_FILE_ONLY: readonly (keyof StaticSettings)[] = ['check'];

/** The fields of a resource that a check connects to. */
export const tcpFields = z.object({ host: z.string().min(1), port });
export const httpFields = z.object({ url: webAddress });

/** The rules of a pool with these settings: a check needs to know where each resource is. */
export function staticListing({ check }: StaticSettings): ListingRules {
  if (check?.tcp) return { fields: tcpFields, fileOnly: ['host', 'port'] };
  return check?.http && check.http.url === undefined
    ? { fields: httpFields, fileOnly: ['url'] }
    : {};
}

export const STATIC_CAPABILITIES: Capabilities = {
  provisions: false,
  rotates: false,
  opensAccess: false,
  accessByKey: false,
  staticCredential: true,
  leavesNothing: false,
  simulates: false,
  replaces: false,
  lendsAsIs: true,
  proves: 'R0',
};
