/** How a value is written. */
export type FieldKind = 'count' | 'duration' | 'flag' | 'choice' | 'json';

/** A leaf of a pool that admins change. */
export interface PolicyField {
  /** Such as `lease.default`, as the API names it in errors. */
  path: string;
  label: string;
  kind: FieldKind;
  hint: string;
  /** `choice`: values with their words. The empty one is null. */
  options?: readonly (readonly [value: string, words: string])[];
  /** `duration`: may it be never? */
  mayBeNever?: true;
  /** Only a pool whose size the server keeps has it. */
  isManaged?: true;
  /** `json`: its keys are merged one by one, and null removes one. */
  isMerged?: true;
}

export interface PolicyGroup {
  title: string;
  fields: readonly PolicyField[];
}

const count = (path: string, label: string, hint: string): PolicyField => ({
  ...{ path, label, hint },
  kind: 'count',
});
const duration = (path: string, label: string, hint: string): PolicyField => ({
  ...{ path, label, hint },
  kind: 'duration',
});
const orNever = (path: string, label: string, hint: string): PolicyField => ({
  ...duration(path, label, hint),
  mayBeNever: true,
});
const flag = (path: string, label: string, hint: string): PolicyField => ({
  ...{ path, label, hint },
  kind: 'flag',
});
const json = (path: string, label: string, hint: string): PolicyField => ({
  ...{ path, label, hint },
  kind: 'json',
});

/** Everything that admins change of a pool, in groups. */
export const POLICY: readonly PolicyGroup[] = [
  {
    title: 'Size',
    fields: [
      { ...count('size', 'Size', 'How many resources the server keeps.'), isManaged: true },
      {
        ...count('spares', 'Spares', 'How many more are kept ready than are lent at once.'),
        isManaged: true,
      },
      count('concurrency', 'Concurrency', 'The most driver calls of this pool at once.'),
      {
        path: 'pick',
        label: 'Pick',
        kind: 'choice',
        hint: 'Which of several available resources is lent first.',
        options: [
          ['lowest', 'the lowest number'],
          ['random', 'a random one'],
          ['longest_idle', 'the longest idle'],
        ],
      },
    ],
  },
  {
    title: 'Lease',
    fields: [
      orNever('lease.default', 'Default', 'Length of a lease for which none is requested.'),
      orNever(
        'lease.maximum',
        'Maximum',
        'The longest a lease may be extended to, from its start.',
      ),
      orNever('lease.heartbeat', 'Heartbeat', 'A lease ends if no heartbeat comes for this long.'),
      duration('lease.grace', 'Grace', 'How much later than that a heartbeat may be.'),
      duration(
        'lease.notice',
        'Notice',
        'How long before its end a lease is announced to end. Empty: by its length.',
      ),
      duration('lease.prepare', 'Prepare', 'How long opening access may take.'),
      orNever(
        'lease.idleExpiry',
        'Idle expiry',
        'Manual pools: an idle resource is removed after this long.',
      ),
      flag('lease.openEnded', 'Open-ended', 'A lease without an end may be requested.'),
    ],
  },
  {
    title: 'Cleaning',
    fields: [
      count(
        'cleaning.retries',
        'Retries',
        'Failures in a row after which a resource is quarantined.',
      ),
      duration(
        'cleaning.backoff',
        'Backoff',
        'First pause after a failure; it doubles with each further one.',
      ),
      duration('cleaning.backoffMaximum', 'Longest backoff', 'Longest pause after a failure.'),
      duration(
        'cleaning.deadline',
        'Deadline',
        'The longest that one driver call may take; a day at most.',
      ),
      duration('cleaning.cooldown', 'Cooldown', 'Between cleaning and the next loan.'),
      duration(
        'cleaning.quarantineRetry',
        'Quarantine retry',
        'Between two attempts on a quarantined resource.',
      ),
      {
        path: 'cleaning.onStart',
        label: 'On start',
        kind: 'choice',
        hint: 'What start-up does with resources that have no live lease.',
        options: [
          ['clean', 'clean them'],
          ['verify', 'verify them'],
          ['nothing', 'nothing'],
        ],
      },
    ],
  },
  {
    title: 'Checks and proof',
    fields: [
      orNever('verification.interval', 'Verification', 'Between two checks of an idle resource.'),
      orNever(
        'rotation.interval',
        'Rotation',
        'Between two changes of the credential of an idle resource.',
      ),
      flag(
        'rotation.afterLease',
        'Rotate after a lease',
        'The credential changes after every loan.',
      ),
      {
        path: 'minProof',
        label: 'Least proof',
        kind: 'choice',
        hint: 'The level that a return must show, or the resource is quarantined.',
        options: [
          ['', 'the highest that the driver can show'],
          ['R0', 'R0: nothing'],
          ['R1', 'R1: the login is refused'],
          ['R2', 'R2: and what was derived from it'],
          ['R3', 'R3: and nothing was left inside'],
          ['R4', 'R4: it is a new one'],
        ],
      },
      {
        path: 'derived',
        label: 'Derived tokens',
        kind: 'choice',
        hint: 'Tokens and sessions made from a login, before the next loan.',
        options: [
          ['dead', 'have to be dead'],
          ['acceptUntilExpiry', 'are accepted until they expire'],
        ],
      },
    ],
  },
  {
    title: 'Who sees what, and the driver',
    fields: [
      flag(
        'shareHolders',
        'Share holders',
        'Every user may read who holds something of it, or waits.',
      ),
      {
        ...json('labels', 'Labels (JSON)', 'Requests may narrow their choice by these.'),
        isMerged: true,
      },
      json('types', 'Types (JSON)', 'The types of its resources, with their shares of the size.'),
      {
        ...json(
          'settings',
          'Settings (JSON)',
          'Settings of the driver. Some may stand in the pools file only.',
        ),
        isMerged: true,
      },
    ],
  },
];
