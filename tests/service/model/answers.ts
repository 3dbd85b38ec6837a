import type { RequestItem } from '../../../src/domain/loans/reservation';
import type { AdminState } from '../../../src/domain/lifecycle/resource';
import { sooner, type ModelRequest } from './things';
import { isOver, type Terms, type World } from './world';

/** The answer to each call: `none` if it is done, or the code of the refusal. */

export function onRequest(
  world: World,
  items: RequestItem[],
  terms: Terms & { queueTimeout?: number },
  now: number,
): string {
  const resolved = world.resolve(items);
  if (resolved.some(({ classes }) => classes.length === 0)) return 'not_found';
  const named = resolved.flatMap(({ resource }) => resource ?? []);
  if (new Set(named).size < named.length) return 'invalid';
  if (!world.fits(resolved)) return 'unsatisfiable';
  const { duration, maximum } = world.termsOf(resolved, terms);
  if (duration !== null && maximum !== null && duration > maximum) return 'over_maximum';
  if (terms.queueTimeout !== 0) return 'none';
  const newcomer = {
    id: '~',
    items: resolved,
    priority: terms.priority ?? 0,
    requestedAt: now,
    promoted: null,
    terms: world.termsOf(resolved, terms),
  } as ModelRequest;
  return world.turns(now).serves(newcomer) ? 'none' : 'unavailable_now';
}

export function onExtend(request: ModelRequest, extension: number, now: number): string {
  if (isOver(request, now)) return 'lease_over';
  if (request.status !== 'active') return 'conflict';
  const latest = request.terms.maximum === null ? null : request.startsAt! + request.terms.maximum;
  return sooner(request.endsAt! + extension, latest) === request.endsAt! + extension
    ? 'none'
    : 'over_maximum';
}

export function onHeartbeat(request: ModelRequest, now: number): string {
  if (isOver(request, now)) return 'lease_over';
  return request.status === 'active' ? 'none' : 'conflict';
}

export function onAdminState(world: World, name: string, to: AdminState): string {
  const resource = world.resourceNamed(name);
  if (!resource) return 'not_found';
  const isGoing =
    resource.status === 'destroying' ||
    (resource.admin === 'draining' && resource.status !== 'allocated');
  return isGoing && to !== 'draining' && to !== resource.admin ? 'conflict' : 'none';
}

export function onHandle(world: World, name: string, what: 'clean' | 'unquarantine'): string {
  const resource = world.resourceNamed(name);
  if (!resource) return 'not_found';
  const { status, admin } = resource;
  if (what === 'unquarantine') return status === 'quarantined' ? 'none' : 'conflict';
  if (status === 'allocated') return 'in_use';
  return status === 'destroying' || status === 'provisioning' || admin === 'draining'
    ? 'conflict'
    : 'none';
}

export function onDelete(world: World, name: string): string {
  return world.resourceNamed(name) ? 'none' : 'not_found';
}

export function onResize(world: World, name: string): string {
  const pool = world.poolNamed(name);
  return pool ? (pool.deleting ? 'conflict' : 'none') : 'not_found';
}
