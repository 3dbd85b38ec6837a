import {
  cleanAgain,
  deleteResource,
  setAdminState,
  type AdminTerms,
  undrain,
  unquarantine,
  type ResourceSnapshot,
} from '../../domain/lifecycle/admin';
import { giveCredential, requireNewValue } from '../../domain/lifecycle/given-credential';
import type { Decision } from '../../domain/change';
import { notFound } from '../../domain/errors';
import { onceById, type IdempotencyKey } from '../../domain/idempotency';
import type { DecisionContext } from '../../domain/context';
import type { AdminState, ListedFields } from '../../domain/lifecycle/resource';
import { setFields } from '../../domain/lifecycle/listed-fields';
import { keepAlive } from '../../domain/lifecycle/keep-alive';
import { leaseIsOver } from '../../domain/loans/lease';
import type { Principal } from '../../domain/people/user';
import { addResource } from '../../domain/pools/adding';
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

  /** As `setAdminState` of the domain. Errors: as there. */
  setAdminState(idOrName: string, to: AdminState, terms: AdminTerms = {}): Promise<string> {
    return this.decide(idOrName, (snapshot, context) =>
      setAdminState(snapshot, to, context, terms),
    );
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
        requireNewValue(snapshot.resource, owner);
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
    return this.decide(idOrName, (snapshot, context) =>
      deleteResource(snapshot, context, { onlyIdle }),
    );
  }

  /** Keeps a resource that was to go when its loan ends. Errors: `not_found`. */
  undrain(idOrName: string): Promise<string> {
    return this.decide(idOrName, undrain);
  }

  /** Gives a listed resource the fields that its list has now. Errors: `not_found`. */
  setFields(idOrName: string, fields: ListedFields): Promise<string> {
    return this.decide(idOrName, (snapshot, context) => setFields(snapshot, fields, context));
  }

  /**
   * Adds a resource to a manual pool; returns its id. Errors: `not_found`, `unsupported`, `invalid`
   * type.
   */
  add(pool: string, type: string | undefined, { idempotencyKey }: CallContext): Promise<string> {
    return this.engine.store.transact(
      { load: 'pool', name: pool },
      (snapshot, now) => {
        if (!snapshot.pool) throw notFound('pool', pool);
        const facts = { ...snapshot, pool: snapshot.pool };
        return addResource(facts, type, contextOf(this.engine, now));
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

  /** Returns a page in order of id. Errors: `not_found` for an unknown pool. */
  list(query: ResourceQuery, page: Page): Promise<ResourceView[]> {
    return listResources(this.engine, query, page);
  }
}
