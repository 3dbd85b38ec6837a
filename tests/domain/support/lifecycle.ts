import type { Change } from '../../../src/domain/change';
import type { DecisionContext } from '../../../src/domain/context';
import type { NewEvent } from '../../../src/domain/event';
import type { ClaimedOperation } from '../../../src/domain/lifecycle/claims';
import {
  completeOperation,
  type CompletionSnapshot,
} from '../../../src/domain/lifecycle/completion';
import type { Credential, CredentialState } from '../../../src/domain/lifecycle/credential';
import type { Operation } from '../../../src/domain/lifecycle/operation';
import type {
  Fault,
  OperationResult,
  StepDone,
  StepFailed,
  StepValues,
} from '../../../src/domain/lifecycle/operation-result';
import { rowAt, type Step } from '../../../src/domain/lifecycle/operation-steps';
import type { Resource } from '../../../src/domain/lifecycle/resource';
import type { CleaningPolicy, Pool } from '../../../src/domain/pools/pool';
import { NO_OUTLOOKS } from '../../../src/domain/queue/absent';
import type { Queues } from '../../../src/domain/queue/scheduling';
import { updatedTwice } from '../../helpers/writing-once';
import { anOperation, aPool, aResource } from '../../store/rows';

/** Plain rows of one resource in a worker's hands, and what a report makes of them. */

export const NOW = 10_000_000;
export const SECOND = 1_000;
export const HOUR = 3_600_000;

/** A chance in the middle: pauses are as long as the policy says. */
export function context(now = NOW): DecisionContext {
  let ids = 0;
  return { now, newId: () => `new-${(ids += 1)}`, fraction: () => 0.5 };
}

interface PoolFields extends Partial<Omit<Pool, 'capabilities'>> {
  cleaning?: Partial<CleaningPolicy>;
  can?: Partial<Pool['capabilities']>;
  rotatesAfterLease?: boolean;
}

/** A pool of accounts that clean, rotate and rest for no time, varied by `fields`. */
export function poolOf({
  cleaning,
  can,
  rotatesAfterLease = true,
  ...rest
}: PoolFields = {}): Pool {
  const pool = aPool(rest);
  const { policy, capabilities } = pool;
  return {
    ...pool,
    capabilities: { ...capabilities, ...can },
    policy: {
      ...policy,
      cleaning: { ...policy.cleaning, ...cleaning },
      rotation: { ...policy.rotation, afterLease: rotatesAfterLease },
    },
  };
}

/** A credential whose sealed text is its id. */
export function credential(id: string, state: CredentialState): Credential {
  return { id, resourceId: 'r1', state, sealed: `sealed ${id}`, createdAt: 1 };
}

export const NO_QUEUES: Queues = {
  requests: [],
  available: [],
  held: [],
  lendable: [],
  outlooks: NO_OUTLOOKS,
  longestWaiting: {},
  queueCutoffs: {},
};

interface Fields extends Partial<Omit<CompletionSnapshot, 'task' | 'pools'>> {
  pool?: Pool;
  resource?: Partial<Resource>;
  operation?: Partial<Operation>;
  credentials?: Credential[];
  allocation?: ClaimedOperation['allocation'];
}

/** The snapshot of resource r1, whose operation `op` stands at `step` in its first attempt. */
export function standingAt(step: Step, fields: Fields = {}): CompletionSnapshot {
  const { pool = poolOf(), credentials = [credential('old', 'current')], ...rest } = fields;
  const { kind } = rowAt(step);
  const operation = anOperation('op', 'r1', {
    ...rowAt(step),
    claimedBy: 'worker',
    claimedUntil: NOW + 1,
    ...fields.operation,
  });
  const resource = aResource('r1', {
    status: 'cleaning',
    handle: 'handle',
    nextOperation: kind,
    dueAt: operation.claimedUntil,
    operationId: operation.id,
    cleanedAt: 5,
    ...fields.resource,
  });
  const { allocation = null, loan = null, breaker = null, queues = NO_QUEUES } = rest;
  const { room = null } = rest;
  return {
    task: { operation, resource, pool, credentials, allocation, reservation: null },
    breaker,
    loan,
    room,
    queues,
    reservations: rest.reservations ?? {},
    pools: { [pool.id]: pool },
  };
}

const VALUES: StepValues = {
  provision: { handle: 'made' },
  clean: { handle: 'cleaned' },
  verify: {},
  issueCredential: { sealed: 'sealed new' },
  proveCredential: null,
  retireCredential: null,
  openAccess: { sealed: 'sealed access' },
  closeAccess: null,
  destroy: null,
};

/** The step went well. */
export function done<S extends Step>(step: S, value: StepValues[S] = VALUES[step]): StepDone<S> {
  return { step, ok: true, value };
}

/** The step failed, by the fault of the resource unless another is named. */
export function failed<S extends Step>(
  step: S,
  fault: Fault = { scope: 'resource', reason: 'It broke.' },
): StepFailed<S> {
  return { step, ok: false, ...fault };
}

/** The back end is away. */
export const AWAY: Fault = { scope: 'backend', reason: 'It is away.' };

/** What a report has made of the rows. */
export interface After {
  changes: Change[];
  next: ClaimedOperation | null;
  resource: Resource;
  operation: Operation;
  /** The operation that has begun, if one has. */
  begun: Operation | undefined;
  /** States by id. */
  credentials: Record<string, CredentialState>;
  events: NewEvent[];
  /** Statuses as the events tell of them. */
  moves: string[];
}

/** Reports a result of the first attempt, by the same worker. */
export function report(snapshot: CompletionSnapshot, result: OperationResult, attempt = 1): After {
  const before = structuredClone(snapshot);
  const { changes, value: next } = completeOperation(
    snapshot,
    attempt,
    result,
    'worker',
    context(),
  );
  expect(snapshot).toEqual(before);
  expect(updatedTwice(changes)).toEqual([]);
  const { resource, operation, credentials } = snapshot.task;
  const events = changes.flatMap((change) => (change.do === 'append' ? change.event : []));
  return {
    changes,
    next,
    resource: { ...resource, ...find(changes, 'setResource', resource.id)?.set },
    operation: { ...operation, ...find(changes, 'setOperation', operation.id)?.set },
    begun: changes.flatMap((change) =>
      change.do === 'createOperation' ? change.operation : [],
    )[0],
    credentials: credentialsAfter(credentials, changes),
    events,
    moves: events.flatMap(({ type, data }) =>
      type === 'resource.status' ? `${data!['from']} → ${data!['to']}` : [],
    ),
  };
}

type Of<D extends Change['do']> = Extract<Change, { do: D }>;

/** The change of that kind of the row with this id. */
export function find<D extends Extract<Change, { id: string }>['do']>(
  changes: readonly Change[],
  kind: D,
  id: string,
): Of<D> | undefined {
  return changes.find(
    (change): change is Of<D> => change.do === kind && 'id' in change && change.id === id,
  );
}

/** Applies the changes one by one, as a store does: at no time are two current. */
function credentialsAfter(
  before: readonly Credential[],
  changes: readonly Change[],
): Record<string, CredentialState> {
  const states = Object.fromEntries(before.map(({ id, state }) => [id, state]));
  for (const change of changes) {
    if (change.do === 'putCredential') states[change.credential.id] = change.credential.state;
    if (change.do === 'setCredential') states[change.id] = change.state;
    if (change.do === 'dropCredential') delete states[change.id];
    const current = Object.values(states).filter((state) => state === 'current');
    expect(current.length).toBeLessThanOrEqual(1);
  }
  return states;
}
