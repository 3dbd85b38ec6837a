/** The beginning of the document of the legacy APIs. */
export const LEGACY_API = {
  title: 'Holdfast: legacy APIs',
  description:
    'The five older APIs that Holdfast replaces, with their own paths, bodies and errors. ' +
    'New programs use v1. The setting `LEGACY_API` makes them guarded, open or off; this document ' +
    'describes guarded mode. In open mode, anybody on a trusted network may call without a ' +
    'credential. The VM reservation API also takes the credential as `auth` in the body.',
  credentials: {
    bearer: { type: 'http', scheme: 'bearer', description: 'An API token, hf_…' },
    basic: { type: 'http', scheme: 'basic', description: 'E-mail address and password.' },
    token: { type: 'apiKey', in: 'query', name: 'token', description: 'An API token, hf_…' },
  },
} as const;

/** The headings of that document: the APIs, each with the page that compares it with its original. */
export const ACCTPOOL = {
  name: 'acctpool',
  description: 'Accounts for some minutes; docs/from-acctpool.md.',
};
export const CONTAINERS = {
  name: 'Container manager',
  description: 'Containers, everything by GET; docs/from-container-manager.md.',
};
export const TOKENS = {
  name: 'Token pool',
  description: 'Tokens that live while they are kept alive; docs/from-token-pool.md.',
};
export const VMS = {
  name: 'VM reservation',
  description: 'VMs and users by small numbers; docs/from-vm-reservation.md.',
};
export const IDENTITIES = {
  name: 'Identities',
  description: 'Accounts and their identities elsewhere; docs/from-ocean-accounts.md.',
};
