import type { Appliers } from './appliers';
import { inserter, putter, updater } from './columns';
import type { Db } from './database';
import { webhookDeliveries, webhooks } from './schema';

type WebhookChange = 'createWebhook' | 'setWebhook' | 'putDelivery' | 'setDelivery';

/** Applies changes of webhooks and their deliveries. */
export function webhookAppliers(db: Db): Pick<Appliers, WebhookChange> {
  const insertWebhook = inserter(db, webhooks);
  const updateWebhook = updater(db, webhooks, webhooks.id);
  const putDelivery = putter(db, webhookDeliveries, webhookDeliveries.id);
  const updateDelivery = updater(db, webhookDeliveries, webhookDeliveries.id);
  return {
    createWebhook: ({ webhook }) => insertWebhook(webhook),
    setWebhook: ({ id, set }) => updateWebhook(id, set),
    putDelivery: ({ delivery }) => putDelivery(delivery),
    setDelivery: ({ id, set }) => updateDelivery(id, set),
  };
}
