import { z } from 'zod';
import { id, pageQuery } from '../../api/common';
import {
  chainReport,
  returnList,
  returnQuery,
  returnsBefore,
  type EvidenceAnswer,
  type ReturnBeforeAnswer,
  type ReturnRecordAnswer,
} from '../../api/returns';
import type { Evidence } from '../../domain/returns/evidence';
import type { ReturnRecord } from '../../domain/returns/record';
import type { ReturnBefore, StoredReturn } from '../../service/returns/returns';
import { instantOf } from '../instants';
import { numberedPage, pageAnswer } from '../paging';
import { route, type Route } from '../route';

const resourceParams = z.object({
  id: z.string().min(1).max(200).meta({ description: 'Id or name.' }),
});

/** Return records: all of them for admins, and for a holder the return before their loan. */
export const returnRoutes: Route[] = [
  route({
    method: 'get',
    path: '/v1/reservations/{id}/before',
    operationId: 'getReturnsBefore',
    summary: 'Show what the return before this loan has shown, without names',
    access: 'read',
    params: z.object({ id }),
    answers: { 200: { description: 'One for each resource.', body: returnsBefore } },
    errors: ['not_found'],
    handle: async ({ services, params: { id: reservationId }, principal }) => {
      const found = await services.returns.before(principal, reservationId);
      return { status: 200, body: { items: found.map(beforeOf) } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/resources/{id}/returns',
    operationId: 'listResourceReturns',
    summary: 'List the return records of a resource, the newest first',
    access: 'admin',
    params: resourceParams,
    query: pageQuery,
    answers: { 200: { description: 'A page of records.', body: returnList } },
    errors: ['invalid', 'not_found'],
    handle: async ({ services, params: { id: idOrName }, query, url }) =>
      pageAnswer(
        await services.returns.ofResource(idOrName, numberedPage(query)),
        query,
        url,
        ({ seq }) => String(seq),
        recordOf,
      ),
  }),
  route({
    method: 'get',
    path: '/v1/returns',
    operationId: 'listReturns',
    summary: 'List return records, the newest first',
    access: 'admin',
    query: returnQuery,
    answers: { 200: { description: 'A page of records.', body: returnList } },
    errors: ['invalid', 'not_found'],
    handle: async ({ services, query, url }) => {
      const { limit, cursor, ...filter } = query;
      return pageAnswer(
        await services.returns.list(filter, numberedPage({ limit, cursor })),
        query,
        url,
        ({ seq }) => String(seq),
        recordOf,
      );
    },
  }),
  route({
    method: 'get',
    path: '/v1/audit/verify',
    operationId: 'verifyReturns',
    summary: 'Check that no return record was altered, removed or moved',
    access: 'admin',
    answers: { 200: { description: 'The result, with every fault.', body: chainReport } },
    errors: [],
    handle: async ({ services }) => {
      const report = await services.returns.verify();
      return { status: 200, body: { ok: report.faultCount === 0, ...report } };
    },
  }),
];

function recordOf({ seq, hash, record }: StoredReturn): ReturnRecordAnswer {
  const { poolId: _poolId, steps, ...rest } = record;
  return {
    seq,
    hash,
    ...rest,
    ...commonOf(record),
    steps: steps.map((step) => ({ ...step, ...periodOf(step) })),
  };
}

function beforeOf({ resourceId, resource, found }: ReturnBefore): ReturnBeforeAnswer {
  return { resourceId, resource, return: found && withoutNames(found.record) };
}

/** Neither who had it, nor the driver's words, which may name hosts, paths and users. */
function withoutNames(record: ReturnRecord): ReturnBeforeAnswer['return'] {
  const { outcome, level, needed, cause, driver, version, steps } = record;
  return {
    ...{ outcome, level, needed, cause, driver, version },
    ...commonOf(record),
    shown: withoutPlaces(shownOf(record.shown)),
    steps: steps.map(({ failure: _failure, ...step }) => ({ ...step, ...periodOf(step) })),
  };
}

function commonOf({ at, since, shown }: ReturnRecord) {
  return { at: instantOf(at), since: instantOf(since), shown: shownOf(shown) };
}

function shownOf({ refused, derived, searched, replaced }: Evidence): EvidenceAnswer {
  return {
    ...(refused && { refused: { ...refused, ...periodOf(refused) } }),
    ...(derived && { derived: { ...derived, until: instantOf(derived.until) } }),
    ...(searched && { searched: { ...searched, ...periodOf(searched) } }),
    ...(replaced && { replaced }),
  };
}

function withoutPlaces({ refused, replaced, ...rest }: EvidenceAnswer) {
  const { endpoint: _endpoint, ...login } = refused ?? {};
  return {
    ...(refused && { refused: login as Omit<typeof refused, 'endpoint'> }),
    ...rest,
    ...(replaced && { replaced: {} }),
  };
}

function periodOf({ since, until }: { since: number; until: number }) {
  return { since: instantOf(since), until: instantOf(until) };
}
