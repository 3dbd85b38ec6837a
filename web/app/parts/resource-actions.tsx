import type { Schemas } from '../server/client';

/** What an admin can do with a resource; nothing yet. */
export function ResourceActions(_: { resource: Schemas['Resource'] }) {
  return null;
}
