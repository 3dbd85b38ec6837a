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
import { DomainError, notFound } from '../../domain/errors';
import { decideOnce, type IdempotencyKey } from '../../domain/idempotency';
import type { DecisionContext } from '../../domain/context';
import type { AdminState, Resource } from '../../domain/lifecycle/resource';
import type { Loads } from '../../store/loads';
import { keepAlive } from '../../domain/lifecycle/keep-alive';
import { leaseIsOver } from '../../domain/loans/lease';
import type { Principal } from '../../domain/people/user';
import { createResource, classOf, newResource } from '../../domain/pools/sizing';
import type { CredentialSecret } from '../../drivers/driver';
import { contextOf, aad, type Engine } from '../engine';
import { refuseGone, refuseUnsatisfiable, serveQueues } from '../loans/queues';
import { mayTouch, type CallContext } from '../loans/reservations';
import type { Page } from '../../store/reads';
import {
  findResource,
  listResources,
  type ResourceQuery,
  type ResourceView,
} from './resource-views';
import { foundBy } from './token-value';

/** An admin's hand on single resources; each is named by id or name. */
export class Resources {
  constructor(private readonly engine: Engine) {}

  /** Errors: `not_found`, `conflict`. */
  async setAdminState(
    idOrName: string,
    to: AdminState,
    expected: AdminState | null,
  ): Promise<string> {
    const id = await this.decide(idOrName, (snapshot, context) => {
      if (expected !== null && expected !== snapshot.resource.adminState)
        throw new DomainError(
          'precondition_failed',
          'The resource has changed since you read it.',
          'version',
        );
      return setAdminState(snapshot, to, context);
    });
    if (to !== 'in_service') await this.leaving(id);
    return id;
  }

  /** Errors: `not_found`, `in_use`, `conflict`. */
  clean(idOrName: string, { once }: CallContext): Promise<string> {
    return this.decide(idOrName, cleanAgain, once);
  }

  /** Errors: `not_found`, `conflict`. */
  unquarantine(idOrName: string, { once }: CallContext): Promise<string> {
    return this.decide(idOrName, unquarantine, once);
  }

  /**
   * Replaces the credential of a resource by one from outside. Errors: `not_found`, `in_use`,
   * `conflict`, `unsupported`.
   */
  async giveCredential(
    idOrName: string,
    secret: CredentialSecret,
    { once }: CallContext,
  ): Promise<string> {
    const { store, sealer, newId } = this.engine;
    const id = newId();
    const sealed = sealer.seal(aad.credential(id), JSON.stringify(secret));
    const value = foundBy('token', secret);
    const owner = value && (await store.read.lentToken(value.valueHash));
    return store.transact({ load: 'credentials', idOrName, once }, (snapshot, now) => {
      if (!snapshot) throw notFound('resource', idOrName);
      const { id: resourceId, kind } = snapshot.resource;
      const credential = { id, resourceId, state: 'current', sealed, createdAt: now } as const;
      return decideOnce(once, snapshot.remembered, now, () => {
        if (kind === 'token' && owner !== null && owner !== resourceId)
          throw new DomainError('conflict', 'Another token has, or had, this value.', 'token');
        return giveCredential(
          snapshot,
          credential,
          foundBy(kind, secret) ?? {},
          contextOf(this.engine, now),
        );
      });
    });
  }

  /**
   * Keeps a resource of a manual pool, and the lease on it, alive; for its holder, an admin, or of
   * a free one anybody. Errors: `not_found`.
   */
  keepAlive(principal: Principal, idOrName: string, { once }: CallContext): Promise<string> {
    return this.decide(
      idOrName,
      (snapshot, context) => {
        const { holder } = snapshot;
        if (holder && !leaseIsOver(holder, context.now) && !mayTouch(principal, holder))
          throw notFound('resource', idOrName);
        return keepAlive(snapshot, context);
      },
      once,
    );
  }

  /**
   * A lent one goes when its loan ends, unless only an idle one is meant. Errors: `not_found`,
   * `in_use`.
   */
  async delete(idOrName: string, { onlyIdle = false } = {}): Promise<string> {
    const id = await this.decide(idOrName, (snapshot, context) => {
      if (onlyIdle && snapshot.resource.status === 'allocated')
        throw new DomainError('in_use', `${snapshot.resource.name} is lent.`);
      return deleteResource(snapshot, context);
    });
    await this.leaving(id);
    return id;
  }

  /**
   * Whoever cannot be served without it is told so, and whoever had it set aside gets another if
   * there is one.
   */
  private async leaving(id: string): Promise<void> {
    const { read } = this.engine.store;
    const poolId = (await read.resource(id))?.resource.poolId;
    const pool = (await read.pools()).find((entry) => entry.id === poolId);
    if (pool) await refuseUnsatisfiable(this.engine, pool);
    await refuseGone(this.engine);
    await serveQueues(this.engine);
  }

  /** Keeps one that is to go when its loan ends. Errors: `not_found`. */
  undrain(idOrName: string): Promise<string> {
    return this.decide(idOrName, undrain);
  }

  /**
   * Adds a resource to a manual pool; gives its id. Errors: `not_found`, `unsupported`, `invalid`
   * type.
   */
  async add(pool: string, type: string | undefined, { once }: CallContext): Promise<string> {
    return this.engine.store.transact({ load: 'pool', name: pool, once }, (snapshot, now) => {
      const context = contextOf(this.engine, now);
      return decideOnce(once, snapshot.remembered, now, () => {
        const resource = addedResource(snapshot, pool, type, context);
        return { changes: createResource(resource), value: resource.id };
      });
    });
  }

  private decide(
    idOrName: string,
    decide: (snapshot: ResourceSnapshot, context: DecisionContext) => Decision<string>,
    once: IdempotencyKey | null = null,
  ): Promise<string> {
    return this.engine.store.transact({ load: 'resource', idOrName, once }, (snapshot, now) => {
      if (!snapshot) throw notFound('resource', idOrName);
      return decideOnce(once, snapshot.remembered, now, () =>
        decide(snapshot, contextOf(this.engine, now)),
      );
    });
  }

  /** Errors: `not_found`. */
  find(idOrName: string): Promise<ResourceView> {
    return findResource(this.engine, idOrName);
  }

  /** A page in order of id. Errors: `not_found` for an unknown pool. */
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
