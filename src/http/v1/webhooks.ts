import { z } from 'zod';
import { id, pageQuery } from '../../api/common';
import {
  delivery,
  deliveryList,
  newWebhook,
  newWebhookAnswer,
  replayed,
  webhook as webhookBody,
  webhookChange,
  webhookList,
  webhookSecret,
} from '../../api/webhooks';
import type { ShownWebhook } from '../../service/webhooks/webhooks';
import { numberedPage, pageAnswer, pageOf } from '../paging';
import { renderer } from '../render';
import { route, type Answer, type Route } from '../route';
import { tagged, versionsOf } from './tags';

const params = z.object({ id: id.describe('The id of the webhook.') });
const oneWebhook = { description: 'The webhook.', body: webhookBody };
const accepted = { 202: { description: 'Accepted; see its deliveries.' } };
const webhookOf = renderer(webhookBody);
const deliveryOf = renderer(delivery);

/** Webhooks: an admin's, or those of the caller about their own events. */
export const webhookRoutes: Route[] = [
  route({
    method: 'post',
    path: '/v1/webhooks',
    operationId: 'createWebhook',
    summary: 'Have events sent to an address',
    description:
      'Admins may ask for all events, others for those about them. `secret` signs each ' +
      'call, and is shown only here.',
    access: 'self',
    body: newWebhook,
    answers: { 201: { description: 'The webhook, and its secret.', body: newWebhookAnswer } },
    errors: [
      'unauthenticated',
      'invalid',
      'forbidden',
      'not_found',
      'conflict',
      'idempotency_mismatch',
    ],
    handle: async ({ services, principal, body, context }) => {
      const { webhook, secret } = await services.webhooks.create(principal, body, context);
      const answer = answerOf(webhook, 201);
      return { ...answer, body: { ...(answer.body as object), secret } };
    },
  }),
  route({
    method: 'get',
    path: '/v1/webhooks',
    operationId: 'listWebhooks',
    summary: 'List webhooks, without their secrets',
    access: 'self',
    query: pageQuery,
    answers: { 200: { description: 'A page of webhooks.', body: webhookList } },
    errors: ['invalid', 'forbidden'],
    handle: async ({ services, principal, query, url }) => {
      const found = await services.webhooks.list(principal, pageOf(query));
      return pageAnswer(found, query, url, (each) => each.id, webhookOf);
    },
  }),
  route({
    method: 'get',
    path: '/v1/webhooks/{id}',
    operationId: 'getWebhook',
    summary: 'Show a webhook',
    access: 'self',
    params,
    answers: { 200: oneWebhook },
    errors: ['not_found', 'forbidden'],
    handle: async ({ services, principal, params: { id: webhookId } }) =>
      answerOf(await services.webhooks.find(principal, webhookId)),
  }),
  route({
    method: 'patch',
    path: '/v1/webhooks/{id}',
    operationId: 'updateWebhook',
    summary: 'Change a webhook',
    access: 'self',
    params,
    body: webhookChange,
    answers: { 200: oneWebhook },
    errors: ['unauthenticated', 'invalid', 'forbidden', 'not_found', 'precondition_failed'],
    handle: async ({ services, principal, params: { id: webhookId }, body, ifMatch }) => {
      await services.webhooks.change(principal, webhookId, body, versionsOf(ifMatch));
      return answerOf(await services.webhooks.find(principal, webhookId));
    },
  }),
  route({
    method: 'delete',
    path: '/v1/webhooks/{id}',
    operationId: 'deleteWebhook',
    summary: 'Delete a webhook, and what waits for it',
    access: 'self',
    params,
    answers: { 204: { description: 'Deleted.' } },
    errors: ['unauthenticated', 'forbidden', 'not_found'],
    handle: async ({ services, principal, params: { id: webhookId } }) => {
      await services.webhooks.delete(principal, webhookId);
      return { status: 204 };
    },
  }),
  route({
    method: 'post',
    path: '/v1/webhooks/{id}/secret',
    operationId: 'rotateWebhookSecret',
    summary: 'Give your webhook another secret; the former one signs for another day',
    access: 'self',
    params,
    answers: { 200: { description: 'The secret.', body: webhookSecret } },
    errors: ['unauthenticated', 'forbidden', 'not_found', 'idempotency_mismatch'],
    handle: async ({ services, principal, params: { id: webhookId }, context }) => ({
      status: 200,
      body: { secret: await services.webhooks.rotate(principal, webhookId, context) },
    }),
  }),
  route({
    method: 'post',
    path: '/v1/webhooks/{id}/test',
    operationId: 'testWebhook',
    summary: 'Send a webhook an event that only it gets',
    description: 'The event has the type `webhook.tested`.',
    access: 'self',
    params,
    answers: accepted,
    errors: ['unauthenticated', 'forbidden', 'not_found', 'conflict', 'idempotency_mismatch'],
    handle: async ({ services, principal, params: { id: webhookId }, context }) => {
      await services.webhooks.test(principal, webhookId, context);
      return { status: 202 };
    },
  }),
  route({
    method: 'post',
    path: '/v1/webhooks/{id}/replay',
    operationId: 'replayWebhook',
    summary: 'Send a webhook one event, or a range of them, again',
    description: 'Only events that the webhook may see and that are still kept.',
    access: 'self',
    params,
    body: replayed,
    answers: accepted,
    errors: [
      'unauthenticated',
      'invalid',
      'forbidden',
      'not_found',
      'conflict',
      'idempotency_mismatch',
    ],
    handle: async ({ services, principal, params: { id: webhookId }, body, context }) => {
      await services.webhooks.replay(principal, webhookId, body, context);
      return { status: 202 };
    },
  }),
  route({
    method: 'get',
    path: '/v1/webhooks/{id}/deliveries',
    operationId: 'listWebhookDeliveries',
    summary: 'List what a webhook was sent, the newest event first',
    access: 'self',
    params,
    query: pageQuery,
    answers: { 200: { description: 'A page of deliveries.', body: deliveryList } },
    errors: ['invalid', 'forbidden', 'not_found'],
    handle: async ({ services, principal, params: { id: webhookId }, query, url }) => {
      const page = numberedPage(query);
      const found = await services.webhooks.deliveries(principal, webhookId, page);
      return pageAnswer(
        found,
        query,
        url,
        ({ seq }) => String(seq),
        (each) => deliveryOf({ ...each, reservation: each.reservationId }),
      );
    },
  }),
];

function answerOf(webhook: ShownWebhook, status = 200): Answer {
  return tagged(webhookOf(webhook), webhook.version, status, `/v1/webhooks/${webhook.id}`);
}
