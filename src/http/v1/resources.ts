import { z } from 'zod';
import {
  newCredential,
  newResource,
  resource as resourceBody,
  resourceChange,
  resourceList,
  resourceQuery,
  type ResourceAnswer,
} from '../../api/resources';
import { notFound } from '../../domain/errors';
import type { Pool } from '../../domain/pools/pool';
import { ADMIN_STATES, isAvailable, type AdminState } from '../../domain/lifecycle/resource';
import { isAdmin, type Principal } from '../../domain/people/user';
import type { Services } from '../../service/services';
import type { FoundResource, ResourceFilter } from '../../store/reads';
import { pageAnswer, pageOf } from '../paging';
import { RequestError } from '../request-error';
import { route, type Answer, type Route } from '../route';
import { instantOf } from '../instants';

const path = '/v1/resources';
const one = `${path}/{id}`;
const params = z.object({ id: z.string().min(1).max(200).meta({ description: 'Id or name.' }) });
const answer = { description: 'The resource.', body: resourceBody };
type Show = (principal: Principal, id: string, status?: number) => Promise<Answer>;

/** Resources: anybody may look, admins act. */
export function resourceRoutes(services: Services): Route[] {
  const { engine } = services;
  const { read } = engine.store;
  const poolsById = async () => new Map((await read.pools()).map((pool) => [pool.id, pool]));
  const show: Show = async (principal, id, status = 200) => {
    const found = await read.resource(id);
    if (!found) throw notFound('resource', id);
    const headers = {
      ETag: `"${found.resource.adminState}"`,
      ...(status === 201 ? { Location: `${path}/${found.resource.id}` } : {}),
    };
    return {
      status,
      body: answerOf(found, (await poolsById()).get(found.resource.poolId), principal),
      headers,
    };
  };
  return [
    route({
      method: 'get',
      path,
      summary: 'Resources, by pool, kind, type, status and label',
      access: 'read',
      query: resourceQuery,
      answers: { 200: { description: 'A page of resources.', body: resourceList } },
      errors: ['invalid', 'not_found'],
      handle: async ({ query, principal, url }) => {
        const pools = await poolsById();
        const found = await read.resources(filterOf(query, [...pools.values()]), pageOf(query));
        return pageAnswer(
          found,
          query,
          url,
          ({ resource }) => resource.id,
          (entry) => answerOf(entry, pools.get(entry.resource.poolId), principal),
        );
      },
    }),
    route({
      method: 'get',
      path: one,
      summary: 'A resource',
      access: 'read',
      params,
      answers: { 200: answer },
      errors: ['not_found'],
      handle: ({ params: { id }, principal }) => show(principal, id),
    }),
    ...adminRoutes(services, show),
    ...upkeepRoutes(services, show),
  ];
}

function adminRoutes({ resources }: Services, show: Show): Route[] {
  return [
    route({
      method: 'post',
      path,
      summary: 'Add a resource to a manual pool',
      access: 'admin',
      body: newResource,
      answers: { 201: answer },
      errors: ['invalid', 'not_found', 'unsupported', 'idempotency_mismatch'],
      handle: async ({ body, principal, context }) =>
        show(principal, await resources.add(body.pool, body.type, context), 201),
    }),
    route({
      method: 'patch',
      path: one,
      summary: 'Put it in service, in maintenance, or drain it',
      access: 'admin',
      params,
      body: resourceChange,
      answers: { 200: answer },
      errors: ['invalid', 'not_found', 'conflict', 'precondition_failed'],
      handle: async ({ params: { id }, body, principal, ifMatch }) => {
        await resources.setAdminState(id, body.adminState, stateOf(ifMatch));
        return show(principal, id);
      },
    }),
    route({
      method: 'delete',
      path: one,
      summary: 'Remove it; a lent one goes when its loan ends',
      access: 'admin',
      params,
      answers: { 202: { description: 'It is on its way out.' } },
      errors: ['not_found'],
      handle: async ({ params: { id } }) => {
        await resources.delete(id);
        return { status: 202 };
      },
    }),
  ];
}

function upkeepRoutes({ resources }: Services, show: Show): Route[] {
  return [
    route({
      method: 'post',
      path: `${one}/keep-alive`,
      summary: 'Keep a resource of a manual pool from idle expiry, and your lease on it alive',
      access: 'reserve',
      params,
      answers: { 200: answer },
      errors: ['not_found', 'idempotency_mismatch'],
      handle: async ({ params: { id }, principal, context }) =>
        show(principal, await resources.keepAlive(principal, id, context)),
    }),
    route({
      method: 'post',
      path: `${one}/clean`,
      summary: 'Clean it again',
      access: 'admin',
      params,
      answers: { 202: answer },
      errors: ['not_found', 'in_use', 'conflict'],
      handle: async ({ params: { id }, principal, context }) =>
        show(principal, await resources.clean(id, context), 202),
    }),
    route({
      method: 'post',
      path: `${one}/unquarantine`,
      summary: 'Try a quarantined resource again at once',
      access: 'admin',
      params,
      answers: { 202: answer },
      errors: ['not_found', 'conflict'],
      handle: async ({ params: { id }, principal, context }) =>
        show(principal, await resources.unquarantine(id, context), 202),
    }),
    route({
      method: 'post',
      path: `${one}/credential`,
      summary:
        'Bring the credential that works, for one whose own does not; it is cleaned with that',
      access: 'admin',
      params,
      body: newCredential,
      answers: { 202: answer },
      errors: ['invalid', 'not_found', 'in_use', 'conflict', 'unsupported', 'idempotency_mismatch'],
      handle: async ({ params: { id }, body, principal, context }) =>
        show(principal, await resources.giveCredential(id, body, context), 202),
    }),
  ];
}

function stateOf(ifMatch: string | null): AdminState | null {
  if (ifMatch === null) return null;
  const known = ADMIN_STATES.find((state) => state === ifMatch);
  if (!known)
    throw new RequestError('precondition_failed', 'This is not a tag of this server.', 'If-Match');
  return known;
}

function filterOf(
  { pool, kind, type, status, label }: z.output<typeof resourceQuery>,
  pools: Pool[],
): ResourceFilter {
  const named = pool === undefined ? undefined : pools.find(({ name }) => name === pool);
  if (pool !== undefined && !named) throw notFound('pool', pool);
  const [name = '', value = ''] =
    label === undefined
      ? []
      : [label.slice(0, label.indexOf('=')), label.slice(label.indexOf('=') + 1)];
  const poolIds =
    label === undefined
      ? undefined
      : pools.filter(({ labels }) => labels[name] === value).map(({ id }) => id);
  return { poolId: named?.id, poolIds, kind, type, status };
}

function answerOf(
  { resource, details, holder }: FoundResource,
  pool: Pool | undefined,
  principal: Principal,
): ResourceAnswer {
  const { id, name, number, kind, type, status, adminState, generation, reason, failures } =
    resource;
  const times = {
    verifiedAt: instantOf(resource.verifiedAt),
    rotatedAt: instantOf(resource.rotatedAt),
    cleanedAt: instantOf(resource.cleanedAt),
    expiresAt: instantOf(resource.expiresAt),
    createdAt: instantOf(resource.createdAt),
  };
  // By what an account is logged in to is its holder's to see.
  const known = Object.fromEntries(
    Object.entries(details).filter(
      (entry): entry is [string, string | number] =>
        entry[1] !== undefined && entry[0] !== 'username',
    ),
  );
  const own = {
    id,
    name,
    pool: pool?.name ?? '',
    number,
    kind,
    type,
    labels: pool?.labels ?? {},
    status,
    adminState,
    available: isAvailable(resource),
    generation,
    reason,
    failures,
  };
  return { ...own, details: known, ...times, ...(isAdmin(principal) ? { heldBy: holder } : {}) };
}
