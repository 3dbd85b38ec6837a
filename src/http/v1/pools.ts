import { z } from 'zod';
import { pageQuery } from '../../api/common';
import {
  newPool,
  pool as poolBody,
  poolChange,
  poolDeletion,
  poolList,
  type PoolAnswer,
} from '../../api/pools';
import type { Pool } from '../../domain/pools/pool';
import { isAdmin, type Principal } from '../../domain/people/user';
import { newSpecOf, patchedFields, writtenOf } from '../../service/pools/written-pool';
import { countStates } from '../../service/loans/views';
import type { Services } from '../../service/services';
import type { PoolsState } from '../../service/pools/pools';
import { pageAnswer, pageOf } from '../paging';
import { failingAnswer } from './overview-answer';
import { route, type Answer, type Route } from '../route';
import { neededLevel } from '../../domain/returns/demand';
import { instantOf } from '../instants';
import { tagged, versionsOf } from './tags';

const path = '/v1/pools';
const one = `${path}/{name}`;
const params = z.object({ name: z.string().min(1).max(63).describe('The name of the pool.') });
const answer = { description: 'The pool.', body: poolBody };

/** Pools: everybody may look, admins change. */
export const poolRoutes: Route[] = [
  route({
    method: 'post',
    path,
    operationId: 'createPool',
    summary: 'Create a pool',
    description: 'The pool is there at once; its resources are made in the background.',
    access: 'admin',
    body: newPool,
    answers: { 201: answer },
    errors: ['invalid', 'forbidden', 'conflict', 'idempotency_mismatch'],
    handle: async ({ services, body, principal, context }) => {
      const {
        accounts: _none,
        fileOnly: _known,
        ...fields
      } = newSpecOf(body, services.drivers.factories);
      await services.pools.create({ ...fields, origin: 'api' }, context);
      return show(services, principal, body.name, 201);
    },
  }),
  route({
    method: 'get',
    path,
    operationId: 'listPools',
    summary: 'List pools',
    access: 'read',
    query: pageQuery,
    answers: { 200: { description: 'A page of pools.', body: poolList } },
    errors: ['invalid'],
    handle: async ({ services: { pools }, query, principal, url }) => {
      const [found, state] = await Promise.all([pools.list(pageOf(query)), pools.state()]);
      return pageAnswer(
        found,
        query,
        url,
        ({ name }) => name,
        (pool) => answerOf(pool, state, principal),
      );
    },
  }),
  route({
    method: 'get',
    path: one,
    operationId: 'getPool',
    summary: 'Show a pool',
    access: 'read',
    params,
    answers: { 200: answer },
    errors: ['not_found'],
    handle: ({ services, params: { name }, principal }) => show(services, principal, name),
  }),
  route({
    method: 'patch',
    path: one,
    operationId: 'updatePool',
    summary: 'Resize or change a pool; running loans are left alone',
    description:
      'A new size is carried out in the background. With `If-Match`, a change of somebody else ' +
      'since you read the pool is a 412.',
    access: 'admin',
    params,
    body: poolChange,
    answers: { 200: answer },
    errors: ['invalid', 'forbidden', 'not_found', 'conflict', 'precondition_failed', 'unsupported'],
    handle: async ({ services, params: { name }, body, principal, ifMatch }) => {
      const { factories } = services.drivers;
      await services.pools.change(
        name,
        (pool) => patchedFields(pool, body, factories),
        versionsOf(ifMatch),
      );
      return show(services, principal, name);
    },
  }),
  route({
    method: 'delete',
    path: one,
    operationId: 'deletePool',
    summary: 'Drain a pool and delete it; running loans are left alone',
    description:
      'Nothing more is lent of it. It is gone once its loans have ended and its resources are ' +
      'removed.',
    access: 'admin',
    params,
    answers: {
      202: { description: 'The pool is deleted once its resources are gone.', body: poolDeletion },
    },
    errors: ['not_found', 'precondition_failed'],
    handle: async ({ services, params: { name }, ifMatch }) => ({
      status: 202,
      body: await services.pools.delete(name, versionsOf(ifMatch)),
    }),
  }),
];

async function show(
  { pools }: Services,
  principal: Principal,
  name: string,
  status = 200,
): Promise<Answer> {
  const pool = await pools.find(name);
  const body = answerOf(pool, await pools.state(), principal);
  return tagged(body, pool.version, status, `${path}/${name}`);
}

function answerOf(pool: Pool, { counts, failing }: PoolsState, principal: Principal): PoolAnswer {
  const { settings, ...written } = writtenOf(pool);
  const { simulates: simulated, ...capabilities } = pool.capabilities;
  const breaker = failing.find(({ poolId }) => poolId === pool.id);
  const forAdmins = { settings, failing: failingAnswer(breaker ?? null) };
  return {
    id: pool.id,
    ...written,
    size: pool.size,
    spares: pool.spares,
    simulated,
    proof: neededLevel(pool),
    capabilities,
    ...(isAdmin(principal) ? forAdmins : {}),
    origin: pool.origin,
    deleting: pool.deletingAt !== null,
    createdAt: instantOf(pool.createdAt),
    counts: countStates(counts.filter(({ poolId }) => poolId === pool.id)),
  };
}
