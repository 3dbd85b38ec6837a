import {
  cleanAgain,
  deleteResource,
  giveCredential,
  setAdminState,
  undrain,
  unquarantine,
  type ResourceSnapshot,
} from '../../domain/lifecycle/admin';
import type { Decision } from '../../domain/change';
import { DomainError, notFound, requireVersion } from '../../domain/errors';
import { onceById, type IdempotencyKey } from '../../domain/idempotency';
import type { DecisionContext } from '../../domain/context';
import type { AdminState, Resource } from '../../domain/lifecycle/resource';
import type { Loads } from '../../store/loads';
import { keepAlive } from '../../domain/lifecycle/keep-alive';
import { leaseIsOver } from '../../domain/loans/lease';
import type { Principal } from '../../domain/people/user';
import { classOf } from '../../domain/pools/sizing';
import { createResource, newResource } from '../../domain/pools/new-resource';
import type { CredentialSecret } from '../../drivers/driver';
import { contextOf, aad, type Engine } from '../engine';
import { mayAccess, type CallContext } from '../loans/reservations';
import type { Page } from '../../store/reads';
import {
  findResource,
  listResources,
  type ResourceQuery,
  type ResourceView,
} from './resource-views';
import { foundBy } from './token-value';

/** An admin's actions on single resources; each is named by id or name. */
export class Resources {
  constructor(private readonly engine: Engine) {}

  /** Errors: `not_found`, `conflict`. */
  setAdminState(
    idOrName: string,
    to: AdminState,
    expected: readonly AdminState[] | null,
  ): Promise<string> {
    return this.decide(idOrName, (snapshot, context) => {
      requireVersion('resource', expected, snapshot.resource.adminState);
      return setAdminState(snapshot, to, context);
    });
  }

  /** Errors: `not_found`, `in_use`, `conflict`. */
  clean(idOrName: string, { idempotencyKey }: CallContext): Promise<string> {
    return this.decide(idOrName, cleanAgain, idempotencyKey);
  }

  /** Errors: `not_found`, `conflict`. */
  unquarantine(idOrName: string, { idempotencyKey }: CallContext): Promise<string> {
    return this.decide(idOrName, unquarantine, idempotencyKey);
  }

  /**
   * Replaces the credential of a resource by a given one. Errors: `not_found`, `in_use`,
   * `conflict`, `unsupported`.
   */
  async giveCredential(
    idOrName: string,
    secret: CredentialSecret,
    { idempotencyKey }: CallContext,
  ): Promise<string> {
    const { store, sealer, newId } = this.engine;
    const id = newId();
    const sealed = sealer.seal(aad.credential(id), JSON.stringify(secret));
    const value = foundBy('token', secret);
    const owner = value && (await store.read.lentToken(value.valueHash));
    const key = await this.keyOf(idOrName, idempotencyKey);
    return store.transact(
      { load: 'credentials', idOrName },
      (snapshot, now) => {
        if (!snapshot) throw notFound('resource', idOrName);
        const { id: resourceId, kind } = snapshot.resource;
        const credential = { id, resourceId, state: 'current', sealed, createdAt: now } as const;
        if (kind === 'token' && owner !== null && owner !== resourceId)
          throw new DomainError('conflict', 'Another token has, or had, this value.', 'token');
        const details = foundBy(kind, secret) ?? {};
        return giveCredential(snapshot, credential, details, contextOf(this.engine, now));
      },
      onceById(key),
    );
  }

  /**
   * Keeps a resource of a manual pool, and the lease on it, alive. Its holder and admins may call
   * this; anybody may while it is free. Errors: `not_found`.
   */
  keepAlive(
    principal: Principal,
    idOrName: string,
    { idempotencyKey }: CallContext,
  ): Promise<string> {
    return this.decide(
      idOrName,
      (snapshot, context) => {
        const { holder } = snapshot;
        if (holder && !leaseIsOver(holder, context) && !mayAccess(principal, holder))
          throw notFound('resource', idOrName);
        return keepAlive(snapshot, context);
      },
      idempotencyKey,
    );
  }

  /**
   * Deletes a resource; a lent one goes when its loan ends, or is refused with `onlyIdle`. Errors:
   * `not_found`, `in_use`.
   */
  delete(idOrName: string, { onlyIdle = false } = {}): Promise<string> {
    return this.decide(idOrName, (snapshot, context) => {
      if (onlyIdle && snapshot.resource.status === 'allocated')
        throw new DomainError('in_use', `${snapshot.resource.name} is lent.`);
      return deleteResource(snapshot, context);
    });
  }

  /** Keeps a resource that was to go when its loan ends. Errors: `not_found`. */
  undrain(idOrName: string): Promise<string> {
    return this.decide(idOrName, undrain);
  }

  /**
   * Adds a resource to a manual pool; gives its id. Errors: `not_found`, `unsupported`, `invalid`
   * type.
   */
  add(pool: string, type: string | undefined, { idempotencyKey }: CallContext): Promise<string> {
    return this.engine.store.transact(
      { load: 'pool', name: pool },
      (snapshot, now) => {
        const resource = addedResource(snapshot, pool, type, contextOf(this.engine, now));
        return { changes: createResource(resource), value: resource.id };
      },
      onceById(idempotencyKey),
    );
  }

  /** The key of a call on a resource, which is the same call whether it names the id or the name. */
  private async keyOf(
    idOrName: string,
    key: IdempotencyKey | null,
  ): Promise<IdempotencyKey | null> {
    const found = key && (await this.engine.store.read.resource(idOrName));
    if (!found) return key;
    const named = `/resources/${encodeURIComponent(idOrName)}`;
    return { ...key, path: key.path.replace(named, () => `/resources/${found.resource.id}`) };
  }

  private async decide(
    idOrName: string,
    decide: (snapshot: ResourceSnapshot, context: DecisionContext) => Decision<string>,
    key: IdempotencyKey | null = null,
  ): Promise<string> {
    const once = onceById(await this.keyOf(idOrName, key));
    return this.engine.store.transact(
      { load: 'resource', idOrName },
      (snapshot, now) => {
        if (!snapshot) throw notFound('resource', idOrName);
        return decide(snapshot, contextOf(this.engine, now));
      },
      once,
    );
  }

  /** Errors: `not_found`. */
  find(idOrName: string): Promise<ResourceView> {
    return findResource(this.engine, idOrName);
  }

  /** Gives a page in order of id. Errors: `not_found` for an unknown pool. */
  list(query: ResourceQuery, page: Page): Promise<ResourceView[]> {
    return listResources(this.engine, query, page);
  }
}

function addedResource(
  { pool, classes, next }: Loads['pool']['gives'],
  name: string,
  type: string | undefined,
  context: DecisionContext,
): Resource {
  if (!pool || pool.deletingAt !== null) throw notFound('pool', name);
  if (pool.sizing !== 'manual')
    throw new DomainError(
      'unsupported',
      `Pool ${name} is managed: change its size instead.`,
      'pool',
    );
  const resourceClass = classOf(pool, classes, type);
  if (!resourceClass) throw new DomainError('invalid', `Pool ${name} has no type ${type}.`, 'type');
  return newResource(pool, resourceClass, next, context);
}
