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
import { patchedFields, specOf, writtenOf } from '../../service/pools/written-pool';
import { countStates } from '../../service/loans/views';
import type { Services } from '../../service/services';
import type { PoolsState } from '../../service/pools/pools';
import { pageAnswer, pageOf } from '../paging';
import { RequestError } from '../request-error';
import { route, type Answer, type Route } from '../route';
import { instantOf } from '../instants';

const path = '/v1/pools';
const one = `${path}/{name}`;
const params = z.object({ name: z.string().min(1).max(63) });
const answer = { description: 'The pool.', body: poolBody };

/** Pools: anybody may look, admins change. */
export function poolRoutes(services: Services): Route[] {
  const { pools, engine } = services;
  const show = async (principal: Principal, name: string, status = 200): Promise<Answer> => {
    const pool = await pools.find(name);
    const body = answerOf(pool, await pools.state(), principal);
    return {
      status,
      body,
      headers: { ETag: tagOf(pool), ...(status === 201 ? { Location: `${path}/${name}` } : {}) },
    };
  };
  return [
    route({
      method: 'post',
      path,
      summary: 'Make a pool',
      access: 'admin',
      body: newPool,
      answers: { 201: answer },
      errors: ['invalid', 'conflict', 'idempotency_mismatch'],
      handle: async ({ body, principal, context }) => {
        const { accounts: _none, ...fields } = specOf(body, services.drivers.factories);
        await pools.create({ ...fields, origin: 'api' }, context);
        return show(principal, body.name, 201);
      },
    }),
    route({
      method: 'get',
      path,
      summary: 'All pools',
      access: 'read',
      query: pageQuery,
      answers: { 200: { description: 'A page of pools.', body: poolList } },
      errors: ['invalid'],
      handle: async ({ query, principal, url }) => {
        const { after, limit } = pageOf(query);
        const [all, state] = [await engine.store.read.pools(), await pools.state()];
        const found = all
          .filter(({ name }) => after === null || name > after)
          .sort((a, b) => (a.name < b.name ? -1 : 1));
        return pageAnswer(
          found.slice(0, limit),
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
      summary: 'A pool',
      access: 'read',
      params,
      answers: { 200: answer },
      errors: ['not_found'],
      handle: ({ params: { name }, principal }) => show(principal, name),
    }),
    ...changeRoutes(services, show),
  ];
}

function changeRoutes(
  { pools, drivers }: Services,
  show: (principal: Principal, name: string) => Promise<Answer>,
): Route[] {
  return [
    route({
      method: 'patch',
      path: one,
      summary: 'Resize or change a pool; nobody who holds a resource is cut off',
      access: 'admin',
      params,
      body: poolChange,
      answers: { 200: answer },
      errors: ['invalid', 'not_found', 'conflict', 'precondition_failed', 'unsupported'],
      handle: async ({ params: { name }, body, principal, ifMatch }) => {
        await pools.change(
          name,
          (pool) => patchedFields(pool, body, drivers.factories),
          versionOf(ifMatch),
        );
        return show(principal, name);
      },
    }),
    route({
      method: 'delete',
      path: one,
      summary: 'Drain a pool and remove it; loans run to their end',
      access: 'admin',
      params,
      answers: { 202: { description: 'It goes when its resources are gone.', body: poolDeletion } },
      errors: ['not_found', 'precondition_failed'],
      handle: async ({ params: { name }, ifMatch }) => ({
        status: 202,
        body: await pools.delete(name, versionOf(ifMatch)),
      }),
    }),
  ];
}

function tagOf({ version }: Pool): string {
  return `"${version}"`;
}

/**
 * The version that an If-Match asks for. Errors: `precondition_failed` for a tag that we never
 * gave.
 */
export function versionOf(ifMatch: string | null): number | null {
  if (ifMatch === null) return null;
  if (!/^\d{1,15}$/.test(ifMatch))
    throw new RequestError('precondition_failed', 'This is not a tag of this server.', 'If-Match');
  return Number(ifMatch);
}

function answerOf(pool: Pool, { counts, failing }: PoolsState, principal: Principal): PoolAnswer {
  const { settings, ...written } = writtenOf(pool);
  const own = counts.filter(({ poolId }) => poolId === pool.id);
  const broken = failing.find(({ poolId }) => poolId === pool.id);
  const forAdmins = {
    settings,
    failing: broken
      ? {
          reason: broken.reason,
          since: instantOf(broken.since),
          retryAt: instantOf(broken.openUntil),
        }
      : null,
  };
  const state = {
    origin: pool.origin,
    deleting: pool.deletingAt !== null,
    createdAt: instantOf(pool.createdAt),
    counts: countStates(own),
  };
  return {
    id: pool.id,
    ...written,
    size: pool.size,
    capabilities: pool.capabilities,
    ...(isAdmin(principal) ? forAdmins : {}),
    ...state,
  };
}
