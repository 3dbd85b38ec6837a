import type { Schemas } from '../../server/client';

export type Return = Schemas['ReturnRecord'];
type Step = Return['steps'][number]['step'];

export const CAUSES: Readonly<Record<Return['cause'], string>> = {
  loan: 'after a loan',
  unopened: 'after a loan whose login was never shown',
  new: 'when it was made',
  cleaning: 'an admin had it cleaned',
  restore: 'after a backup was restored',
};

export const OUTCOMES: Readonly<Record<Return['outcome'], ['good' | 'bad' | 'plain', string]>> = {
  returned: ['good', 'ready'],
  refused: ['bad', 'in quarantine'],
  removed: ['plain', 'removed'],
};

export const STEPS: Readonly<Record<Step, string>> = {
  openAccess: 'Open access',
  closeAccess: 'Close access',
  clean: 'Clean',
  issueCredential: 'Issue a credential',
  proveCredential: 'Prove the credential',
  retireCredential: 'Retire the old credential',
  verify: 'Verify',
  provision: 'Make',
  destroy: 'Remove',
};

type Derived = NonNullable<Return['shown']['derived']>;

const DERIVED: Readonly<Record<Derived['how'], string>> = {
  none: 'There were none.',
  ended: 'They were ended.',
  refused: 'They are refused.',
  expired: 'They have expired.',
  acceptedUntilExpiry: 'They may live until they expire; the pool accepts that.',
};

/** The words about tokens and sessions that were made from the login. */
export function derivedWords({ how }: Derived): string {
  return DERIVED[how];
}

/** "once", "3 times". */
export function times(count: number): string {
  return count === 1 ? 'once' : `${count} times`;
}
