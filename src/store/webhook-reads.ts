import type { Delivery, Webhook } from '../domain/webhooks/webhook';
import type { Page } from './page';

/** A page of deliveries, the newest event first: those before the number `after`. */
export interface DeliveryPage {
  after: number | null;
  limit: number;
}

/** Look-ups of webhooks, as in `Reads`. Those that are deleted are found by none. */
export interface WebhookReads {
  webhook(id: string): Promise<Webhook | null>;
  /** In order of id; with `userId`, the webhooks of that user that are about their own events. */
  webhooks(page: Page, userId?: string): Promise<Webhook[]>;
  /** Webhooks that are active. */
  activeWebhooks(): Promise<Webhook[]>;
  deliveries(webhookId: string, page: DeliveryPage): Promise<Delivery[]>;
  /** How many deliveries of a webhook are pending; counts up to `most`. */
  pendingDeliveries(webhookId: string, most: number): Promise<number>;
  /** Does a webhook have a delivery that may be tried at `now` (epoch ms)? See the load `due`. */
  hasDue(webhookId: string, now: number): Promise<boolean>;
  /** When a pending delivery of any active webhook is next to be tried after `now`; null: never. */
  nextDeliveryAt(now: number): Promise<number | null>;
}
