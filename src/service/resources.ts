import { cleanAgain, deleteResource, setAdminState, unquarantine, type ResourceSnapshot } from '../domain/admin';
import type { Decision } from '../domain/change';
import { DomainError, notFound } from '../domain/errors';
import { recall, remember } from '../domain/idempotency';
import type { Moment } from '../domain/moment';
import type { AdminState } from '../domain/resource';
import { createResource, newResource } from '../domain/sizing';
import { momentOf, type Engine } from './engine';
import type { CallContext } from './reservations';

/** An admin's hand on single resources; each is named by id or name. */
export class Resources {
  constructor(private readonly engine: Engine) {}

  /** Errors: `not_found`, `conflict`. */
  setAdminState(idOrName: string, to: AdminState, expected: AdminState | null): Promise<string> {
    return this.decide(idOrName, (snapshot, moment) => {
      if (expected !== null && expected !== snapshot.resource.adminState) throw new DomainError('precondition_failed', 'The resource has changed since you read it.', 'If-Match');
      return setAdminState(snapshot, to, moment);
    });
  }

  /** Errors: `not_found`, `in_use`, `conflict`. */
  clean(idOrName: string): Promise<string> {
    return this.decide(idOrName, cleanAgain);
  }

  /** Errors: `not_found`, `conflict`. */
  unquarantine(idOrName: string): Promise<string> {
    return this.decide(idOrName, unquarantine);
  }

  /** Errors: `not_found`. */
  delete(idOrName: string): Promise<string> {
    return this.decide(idOrName, deleteResource);
  }

  /** Adds a resource to a manual pool; gives its id. Errors: `not_found`, `unsupported`, `invalid` type. */
  async add(pool: string, type: string | undefined, { once }: CallContext): Promise<string> {
    return this.engine.store.transact({ load: 'pool', name: pool, once }, (snapshot, now) => {
      const before = recall(once, snapshot.remembered);
      if (before) return { changes: [], value: before };
      const found = snapshot.pool;
      if (!found || found.deletingAt !== null) throw notFound('pool', pool);
      if (found.sizing !== 'manual') throw new DomainError('unsupported', `Pool ${pool} is managed: change its size instead.`, 'pool');
      const line = snapshot.lines.find((entry) => entry.type === (type ?? found.types[0]!.name));
      if (!line) throw new DomainError('invalid', `Pool ${pool} has no type ${type}.`, 'type');
      const resource = newResource(found, line, snapshot.highest + 1, momentOf(this.engine, now));
      return { changes: [...createResource(resource), ...remember(once, resource.id, now)], value: resource.id };
    });
  }

  private decide(idOrName: string, decide: (snapshot: ResourceSnapshot, moment: Moment) => Decision<string>): Promise<string> {
    return this.engine.store.transact({ load: 'resource', idOrName }, (snapshot, now) => {
      if (!snapshot) throw notFound('resource', idOrName);
      return decide(snapshot, momentOf(this.engine, now));
    });
  }
}
