import type { Route } from '../../src/http/route';

/** A body that a route accepts: the example in its documentation. */
export function bodyOf({ body }: Route): Record<string, unknown> {
  return structuredClone(body?.meta()?.example) as Record<string, unknown>;
}
