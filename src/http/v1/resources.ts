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
import {
  ADMIN_STATES,
  isAvailable,
  type AdminState,
  type Resource,
} from '../../domain/lifecycle/resource';
import { isAdmin, type Principal } from '../../domain/people/user';
import type { ResourceQuery, ResourceView } from '../../service/lifecycle/resource-views';
import type { Services } from '../../service/services';
import { instantOf } from '../instants';
import { pageAnswer, pageOf } from '../paging';
import { present, renderer } from '../render';
import { route, type Answer, type Route } from '../route';
import { tagged, knownTags } from './tags';

const path = '/v1/resources';
const one = `${path}/{id}`;
const params = z.object({ id: z.string().min(1).max(200).meta({ description: 'Id or name.' }) });
const answer = { description: 'The resource.', body: resourceBody };

/** Resources: everybody may look, and keep alive what they hold; admins do the rest. */
export const resourceRoutes: Route[] = [
  route({
    method: 'get',
    path,
    operationId: 'listResources',
    summary: 'List resources, by pool, kind, type, status and label',
    access: 'read',
    query: resourceQuery,
    answers: { 200: { description: 'A page of resources.', body: resourceList } },
    errors: ['invalid', 'not_found'],
    handle: async ({ services, query, principal, url }) =>
      pageAnswer(
        await services.resources.list(queryOf(query), pageOf(query)),
        query,
        url,
        ({ resource }) => resource.id,
        (view) => answerOf(view, principal),
      ),
  }),
  route({
    method: 'get',
    path: one,
    operationId: 'getResource',
    summary: 'Show a resource',
    access: 'read',
    params,
    answers: { 200: answer },
    errors: ['not_found'],
    handle: ({ services, params: { id }, principal }) => show(services, principal, id),
  }),
  route({
    method: 'post',
    path,
    operationId: 'createResource',
    summary: 'Have one made in a manual pool, or list one that exists already',
    access: 'admin',
    body: newResource,
    answers: { 201: answer },
    errors: [
      'invalid',
      'forbidden',
      'not_found',
      'conflict',
      'unsupported',
      'idempotency_mismatch',
    ],
    handle: async ({ services, body: { name, ...body }, principal, context }) =>
      show(
        services,
        principal,
        name === undefined
          ? await services.resources.add(body.pool, body.type, context)
          : await services.listedResources.add({ ...body, name }, context),
        201,
      ),
  }),
  route({
    method: 'patch',
    path: one,
    operationId: 'updateResource',
    summary: 'Put a resource in service or in maintenance, for a time or until told, or drain it',
    access: 'admin',
    params,
    body: resourceChange,
    answers: { 200: answer },
    errors: ['invalid', 'not_found', 'conflict', 'precondition_failed'],
    handle: async ({ services, params: { id }, body, principal, ifMatch }) => {
      const { adminState, reason, until } = body;
      const terms = { expected: statesOf(ifMatch), reason, until };
      await services.resources.setAdminState(id, adminState, terms);
      return show(services, principal, id);
    },
  }),
  route({
    method: 'delete',
    path: one,
    operationId: 'deleteResource',
    summary: 'Remove a resource; a lent one stays until its loan ends',
    access: 'admin',
    params,
    answers: { 202: { description: 'The resource is being removed.' } },
    errors: ['not_found'],
    handle: async ({ services, params: { id } }) => {
      await services.resources.delete(id);
      return { status: 202 };
    },
  }),
  route({
    method: 'post',
    path: `${one}/keep-alive`,
    whenFull: true,
    operationId: 'keepResourceAlive',
    summary: "Put off a resource's idle expiry, and the heartbeat of your lease on it",
    access: 'reserve',
    params,
    answers: { 200: answer },
    errors: ['not_found', 'idempotency_mismatch'],
    handle: async ({ services, params: { id }, principal, context }) =>
      show(services, principal, await services.resources.keepAlive(principal, id, context)),
  }),
  route({
    method: 'post',
    path: `${one}/clean`,
    operationId: 'cleanResource',
    summary: 'Clean a resource again',
    access: 'admin',
    params,
    answers: { 202: answer },
    errors: ['not_found', 'in_use', 'conflict'],
    handle: async ({ services, params: { id }, principal, context }) =>
      show(services, principal, await services.resources.clean(id, context), 202),
  }),
  route({
    method: 'post',
    path: `${one}/unquarantine`,
    operationId: 'unquarantineResource',
    summary: 'Retry a quarantined resource now',
    access: 'admin',
    params,
    answers: { 202: answer },
    errors: ['not_found', 'conflict'],
    handle: async ({ services, params: { id }, principal, context }) =>
      show(services, principal, await services.resources.unquarantine(id, context), 202),
  }),
  route({
    method: 'post',
    path: `${one}/credential`,
    operationId: 'replaceResourceCredential',
    summary: 'Replace a credential that stopped working, then clean the resource with the new one',
    access: 'admin',
    params,
    body: newCredential,
    answers: { 202: answer },
    errors: ['invalid', 'not_found', 'in_use', 'conflict', 'unsupported', 'idempotency_mismatch'],
    handle: async ({ services, params: { id }, body, principal, context }) =>
      show(services, principal, await services.resources.giveCredential(id, body, context), 202),
  }),
];

async function show(
  { resources }: Services,
  principal: Principal,
  id: string,
  status = 200,
): Promise<Answer> {
  const view = await resources.find(id);
  const { adminState, id: resourceId } = view.resource;
  return tagged(answerOf(view, principal), adminState, status, `${path}/${resourceId}`);
}

/** The admin states in If-Match; null for any. Errors: `precondition_failed` if none is one. */
function statesOf(ifMatch: readonly string[] | null): AdminState[] | null {
  return knownTags(ifMatch, (tag) => ADMIN_STATES.find((state) => state === tag));
}

function queryOf({
  pool,
  kind,
  type,
  status,
  label,
}: z.output<typeof resourceQuery>): ResourceQuery {
  const query = { pool, kind, type, status };
  if (label === undefined) return query;
  const middle = label.indexOf('=');
  return { ...query, label: { name: label.slice(0, middle), value: label.slice(middle + 1) } };
}

const render = renderer(resourceBody);

function answerOf(
  { resource, details, holder, pool }: ResourceView,
  principal: Principal,
): ResourceAnswer {
  const seesAll = isAdmin(principal);
  // Only the holder may see the name that logs in to an account.
  const { username: _hidden, ...known } = details;
  return render({
    ...resource,
    pool: pool?.name ?? '',
    labels: pool?.labels ?? {},
    simulated: pool?.capabilities.simulates ?? false,
    available: isAvailable(resource),
    details: present({ ...known, ...resource.fields }),
    // A driver's words may name hosts, paths and users of its back end.
    reason: seesAll ? resource.reason : undefined,
    returning: seesAll ? returningOf(resource) : undefined,
    heldBy: seesAll ? holder : undefined,
  });
}

function returningOf({
  wayBack,
  nextOperation,
  dueAt,
  reason,
}: Resource): ResourceAnswer['returning'] {
  if (!wayBack || nextOperation === null || dueAt === null) return null;
  return { since: instantOf(wayBack.since), step: nextOperation, nextAt: instantOf(dueAt), reason };
}
