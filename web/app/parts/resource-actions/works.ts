import { holdfast, type Schemas } from '../../server/client';

export type Resource = Schemas['Resource'];

/** The words that an admin adds. */
export interface Terms {
  /** Why; empty: not said. */
  reason: string;
  /** When maintenance ends by itself, as `datetime-local` has it; empty: when an admin says. */
  until: string;
}

/** Something that an admin has done with a resource, or with many. */
export interface Work {
  /** On the button. */
  words: string;
  /** In the title of the dialog, before the name or the number. */
  title: string;
  /** Says what it does, and what it leaves alone. */
  effect: string;
  /** After the name or the number, once it is done: "lab-1 is in maintenance". */
  done: string;
  asks: readonly (keyof Terms)[];
  isDanger?: true;
  /** Can it be done with the resource as it is? */
  fits: (resource: Resource) => boolean;
  /** The things it acts on, where these are not the resources: it is done once for each. */
  target?: (resource: Resource) => string;
  /** Errors: those of the call. */
  run: (resource: Resource, terms: Terms) => Promise<unknown>;
  /** Takes it back. `resource`: as it was before. */
  undo?: (resource: Resource) => Promise<unknown>;
  /** Can it be taken back of a resource that was so before? */
  canUndo?: (resource: Resource) => boolean;
}

/** Gives how to take back what was done with a resource that was so before; null: it cannot be. */
export function undoOf({ undo, canUndo = () => true }: Work, before: Resource) {
  return undo && canUndo(before) ? () => undo(before) : null;
}

type AdminState = Resource['adminState'];

/** Has its removal begun? A lent one that is draining can still be kept. */
const isGoing = ({ status, adminState }: Resource) =>
  status === 'destroying' || (adminState === 'draining' && status !== 'allocated');

/** A change of somebody else in between refuses the call (If-Match is the state it was in). */
function setState(
  { id, adminState }: Resource,
  to: AdminState,
  { reason, until }: Partial<Terms> = {},
): Promise<unknown> {
  return holdfast.resources.update(
    id,
    {
      adminState: to,
      ...(reason ? { reason } : {}),
      ...(until ? { until: new Date(until).toISOString() } : {}),
    },
    { ifMatch: adminState },
  );
}

/** Errors: also if the loan has ended already: somebody else may have the resource by now. */
async function endLoan(reservationId: string, reason: string): Promise<void> {
  const { status } = await holdfast.reservations.get(reservationId);
  if (status === 'ended') throw new Error('Its loan had ended already. Nothing was taken back.');
  await holdfast.reservations.delete(reservationId, reason ? { reason } : {});
}

/** Puts back the state that it had, unless somebody else has set another one since. */
const backFrom = (set: AdminState) => (before: Resource) =>
  setState({ ...before, adminState: set }, before.adminState, {
    until: before.maintenanceUntil ?? '',
  });

/** Everything that admins do with resources, in the order of the buttons. */
export const WORKS = {
  maintenance: {
    words: 'Maintenance …',
    title: 'Maintenance for',
    effect: 'Nothing more is lent of it. A running loan goes on to its end.',
    done: 'in maintenance',
    asks: ['reason', 'until'],
    fits: (resource) => resource.adminState !== 'maintenance' && !isGoing(resource),
    run: (resource, terms) => setState(resource, 'maintenance', terms),
    undo: backFrom('maintenance'),
  },
  service: {
    words: 'Back in service …',
    title: 'Back in service:',
    effect: 'It can be lent again at once.',
    done: 'back in service',
    asks: ['reason'],
    fits: (resource) => resource.adminState !== 'in_service' && !isGoing(resource),
    run: (resource, terms) => setState(resource, 'in_service', terms),
    undo: backFrom('in_service'),
  },
  clean: {
    words: 'Clean again …',
    title: 'Clean again',
    effect: 'It is not lent until it has been cleaned.',
    done: 'to be cleaned',
    asks: [],
    fits: (resource) =>
      !['allocated', 'provisioning'].includes(resource.status) && !isGoing(resource),
    run: ({ id }) => holdfast.resources.clean(id),
  },
  retry: {
    words: 'Retry …',
    title: 'Retry',
    effect: 'The step that failed is tried again now. If it fails again, the quarantine goes on.',
    done: 'being tried again; its state shows how that ends',
    asks: [],
    fits: ({ status }) => status === 'quarantined',
    run: ({ id }) => holdfast.resources.unquarantine(id),
  },
  release: {
    words: 'End its loan …',
    title: 'End the loan of',
    effect:
      'Its holder is shut out at once, from everything that the reservation holds. This cannot be undone.',
    done: 'taken back',
    asks: ['reason'],
    isDanger: true,
    fits: ({ heldBy }) => Boolean(heldBy),
    target: ({ heldBy, id }) => heldBy?.reservationId ?? id,
    run: ({ heldBy }, { reason }) => endLoan(heldBy!.reservationId, reason),
  },
  drain: {
    words: 'Drain …',
    title: 'Drain',
    effect:
      'Nothing more is lent of it, and it is removed: once its loan ends, or now if nobody has it, which ' +
      'cannot be undone. A managed pool makes a new one.',
    done: 'draining',
    asks: ['reason'],
    isDanger: true,
    fits: (resource) => resource.adminState !== 'draining' && !isGoing(resource),
    run: (resource, terms) => setState(resource, 'draining', terms),
    undo: backFrom('draining'),
    // Nobody has it, so it is on its way out at once.
    canUndo: ({ status }) => status === 'allocated',
  },
  remove: {
    words: 'Delete …',
    title: 'Delete',
    effect:
      'It is removed for good, and a managed pool shrinks by it. A lent one stays until its loan ends. ' +
      'This cannot be undone.',
    done: 'being removed',
    asks: [],
    isDanger: true,
    fits: (resource) => resource.adminState !== 'draining' && !isGoing(resource),
    run: ({ id }) => holdfast.resources.delete(id),
  },
} as const satisfies Record<string, Work>;

export type WorkName = keyof typeof WORKS;
export const WORK_NAMES = Object.keys(WORKS) as WorkName[];
