import type { Capabilities } from '../domain/lifecycle/operation';
import type { Level } from '../domain/returns/level';
import { CALL_NAMES, type CallName } from './messages';

/** Abilities that no call shows; the settings say them. */
export interface Abilities {
  /** Access may be opened by SSH key. */
  accessByKey: boolean;
  /** Cleaning puts a new resource in the place of the old one, and proves it. */
  replaces: boolean;
  /** Nothing of a holder can stay behind, so that nothing needs cleaning. */
  leavesNothing: boolean;
  /** The level that its answers show, if that is more than follows from the calls. */
  proves?: Level | undefined;
}

/** A call or an ability that does not go with the others. */
export interface Mismatch {
  at: CallName | keyof Abilities;
  message: string;
}

/** The calls that each one asks for. */
const NEEDS: Partial<Record<CallName, readonly CallName[]>> = {
  provision: ['destroy', 'list', 'remove'],
  destroy: ['provision'],
  list: ['provision'],
  remove: ['provision'],
  issueCredential: ['retireCredential', 'checkCredential'],
  retireCredential: ['issueCredential'],
  openAccess: ['closeAccess', 'checkCredential'],
  closeAccess: ['openAccess'],
};

/** Finds what is missing beside these calls and abilities, and what would never be called. */
export function mismatches(given: ReadonlySet<CallName>, abilities: Abilities): Mismatch[] {
  const missing = CALL_NAMES.filter((name) => given.has(name)).flatMap((name) =>
    (NEEDS[name] ?? [])
      .filter((needed) => !given.has(needed))
      .map((needed) => ({ at: needed, message: `is missing: ${name} needs it` })),
  );
  const { accessByKey, replaces, leavesNothing } = abilities;
  const has = (name: CallName) => given.has(name);
  const wrong: [boolean, Mismatch['at'], string][] = [
    [!has('verify'), 'verify', 'is missing'],
    [
      !has('clean') && !leavesNothing,
      'clean',
      'is missing; only with leavesNothing: true is nothing cleaned',
    ],
    [
      has('clean') && leavesNothing,
      'clean',
      'is never called with leavesNothing: true; leave one of them out',
    ],
    [
      has('issueCredential') && has('openAccess'),
      'issueCredential',
      'is never called beside openAccess; leave one of them out',
    ],
    [replaces && !(has('provision') && has('clean')), 'replaces', 'needs provision and clean'],
    [accessByKey && !has('openAccess'), 'accessByKey', 'needs openAccess'],
  ];
  return [...missing, ...wrong.filter(([is]) => is).map(([, at, message]) => ({ at, message }))];
}

/**
 * The capabilities that follow from the calls. A credential is lent as it is if it can be checked
 * and no access is opened; without `checkCredential` there is none, only details.
 */
export function capabilitiesOf(given: ReadonlySet<CallName>, abilities: Abilities): Capabilities {
  const opensAccess = given.has('openAccess');
  const { accessByKey, replaces, leavesNothing } = abilities;
  const rotates = given.has('issueCredential');
  return {
    provisions: given.has('provision'),
    rotates,
    opensAccess,
    accessByKey,
    staticCredential: !opensAccess && given.has('checkCredential'),
    leavesNothing,
    simulates: false,
    replaces,
    // The engine tries the old credential and the new one itself.
    proves: abilities.proves ?? (rotates ? 'R1' : 'R0'),
  };
}
