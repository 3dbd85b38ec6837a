import type { Change, DetailFields } from '../change';
import type { Credential } from './credential';
import type { NewEvent } from '../event';
import type { Allocation } from '../loans/allocation';
import type { Operation, OperationOutcome } from './operation';
import { nextResourceStatus, type Resource, type ResourceEvent } from './resource';
import { statusEvents } from './steps';

/** The rows of one resource that its lifecycle changes. */
export interface LifecycleRows {
  resource: Resource;
  /** The operation in progress, or left unfinished. */
  operation: Operation | null;
  credentials: readonly Credential[];
  allocation: Allocation | null;
}

/**
 * The rows of a resource while a decision edits them step by step. `changes` then gives the result:
 * each row is written once, with only the fields that differ.
 */
export class Draft implements LifecycleRows {
  readonly resource: Resource;
  operation: Operation | null;
  credentials: readonly Credential[];
  allocation: Allocation | null;

  /**
   * A copy of the operation that the draft began with, edited even after the draft moves on to a
   * new one.
   */
  private readonly left: Operation | null;
  private allocationSet: Partial<Allocation> | null = null;
  private details: DetailFields | null = null;
  private readonly others: Change[] = [];

  constructor(private readonly before: LifecycleRows) {
    this.resource = { ...before.resource };
    this.operation = this.left = before.operation && { ...before.operation };
    this.credentials = before.credentials;
    this.allocation = before.allocation;
  }

  /** Sets fields of the resource. */
  set(fields: Partial<Resource>): void {
    Object.assign(this.resource, fields);
  }

  /**
   * Moves the resource by `event`, or by several at once, and records one move if its status
   * changes. Errors: `conflict` if its status does not allow that.
   */
  move(event: ResourceEvent | readonly ResourceEvent[], reason: string | null = null): void {
    const events = typeof event === 'string' ? [event] : event;
    const status = events.reduce(nextResourceStatus, this.resource.status);
    if (status === this.resource.status) return;
    this.others.push(...statusEvents(this.resource, status, reason));
    this.set({ status });
  }

  /** Sets fields of the operation in progress. */
  setOperation(fields: Partial<Operation>): void {
    Object.assign(this.operation!, fields);
  }

  /** Begins a new operation; none may be in progress. */
  startOperation(operation: Operation): void {
    this.operation = operation;
    this.others.push({ do: 'createOperation', operation });
  }

  /** Ends the operation in progress. */
  finishOperation(outcome: OperationOutcome, error: string | null, now: number): void {
    this.setOperation({ outcome, error, sealedMemo: null, finishedAt: now });
    this.operation = null;
    this.set({ operationId: null });
  }

  /** Sets fields of the allocation, which must be there. */
  setAllocation(fields: Partial<Pick<Allocation, 'access' | 'sealedAccess' | 'endedAt'>>): void {
    this.allocation = { ...this.allocation!, ...fields };
    this.allocationSet = { ...this.allocationSet, ...fields };
  }

  /** Adds to the details of the resource. */
  addDetails(details: DetailFields | undefined): void {
    if (details) this.details = { ...this.details, ...details };
  }

  /** Records an event about the resource. */
  append(type: NewEvent['type'], data: NewEvent['data'] = {}): void {
    const { id: resourceId, poolId } = this.resource;
    this.others.push({ do: 'append', event: { type, poolId, resourceId, data } });
  }

  /** Merges the changes of another decision, including those to the rows of this draft. */
  include(changes: readonly Change[]): void {
    for (const change of changes) {
      if (change.do === 'setResource' && change.id === this.resource.id) this.set(change.set);
      else if (change.do === 'setAllocation' && change.id === this.allocation?.id)
        this.setAllocation(change.set);
      else this.others.push(change);
    }
  }

  /**
   * Returns all changes. The operation comes first, because a resource has only one unfinished
   * operation.
   */
  changes(): Change[] {
    const { resource, operation, allocation } = this.before;
    const changes: Change[] = [];
    const ofOperation = operation && differing(operation, this.left!);
    if (ofOperation) changes.push({ do: 'setOperation', id: operation.id, set: ofOperation });
    const ofResource = differing(resource, this.resource);
    if (ofResource) changes.push({ do: 'setResource', id: resource.id, set: ofResource });
    if (this.credentials !== this.before.credentials) this.pushCredentials(changes);
    if (this.allocationSet)
      changes.push({ do: 'setAllocation', id: allocation!.id, set: this.allocationSet });
    if (this.details)
      changes.push({
        do: 'setDetails',
        resourceId: resource.id,
        kind: resource.kind,
        details: this.details,
      });
    for (const change of this.others) changes.push(change);
    return changes;
  }

  /**
   * The former current credential is changed first, because a resource has only one current
   * credential.
   */
  private pushCredentials(changes: Change[]): void {
    const { credentials: before } = this.before;
    for (const { id } of before)
      if (!this.credentials.some((credential) => credential.id === id))
        changes.push({ do: 'dropCredential', id });
    for (const isCurrent of [false, true])
      for (const credential of this.credentials) {
        if ((credential.state === 'current') !== isCurrent) continue;
        const known = before.find(({ id }) => id === credential.id);
        if (known?.sealed !== credential.sealed) changes.push({ do: 'putCredential', credential });
        else if (known.state !== credential.state)
          changes.push({ do: 'setCredential', id: credential.id, state: credential.state });
      }
  }
}

/** The fields that differ, or null if none do. Every field that is written costs its indexes. */
function differing<T extends object>(before: T, after: T): Partial<T> | null {
  const found: Partial<T> = {};
  let isEmpty = true;
  for (const name in before) {
    if (before[name] === after[name]) continue;
    found[name] = after[name];
    isEmpty = false;
  }
  return isEmpty ? null : found;
}
