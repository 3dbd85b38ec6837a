import type { Decision } from '../change';
import type { DecisionContext } from '../context';
import { DomainError, notFound } from '../errors';
import type { PoolFacts } from './loading';
import { createResource, newResource } from './new-resource';
import type { Pool } from './pool';
import { classOf } from './sizing';

/**
 * Adds a resource of a type (undefined: the first) to a manual pool; the value is its id. Errors:
 * `not_found` if the pool is being deleted, `unsupported`, `invalid` type.
 */
export function addResource(
  { pool, classes, next }: Pick<PoolFacts, 'classes' | 'next'> & { pool: Pool },
  type: string | undefined,
  context: DecisionContext,
): Decision<string> {
  const { name } = pool;
  if (pool.deletingAt !== null) throw notFound('pool', name);
  if (pool.sizing !== 'manual')
    throw new DomainError(
      'unsupported',
      `Pool ${name} is managed: change its size instead.`,
      'pool',
    );
  if (!pool.capabilities.provisions)
    throw new DomainError(
      'unsupported',
      `Driver ${pool.driver} makes no resources: list one that exists, with its name.`,
      'name',
    );
  const resourceClass = classOf(pool, classes, type);
  if (!resourceClass) throw new DomainError('invalid', `Pool ${name} has no type ${type}.`, 'type');
  const resource = newResource(pool, resourceClass, next, context);
  return { changes: createResource(resource), value: resource.id };
}
