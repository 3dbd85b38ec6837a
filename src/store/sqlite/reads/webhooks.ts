import { and, asc, desc, eq, gt, inArray, lt, sql } from 'drizzle-orm';
import type { WebhookReads } from '../../webhook-reads';
import type { Db } from '../database';
import { constant, given, upTo } from '../parameters';
import { dueLookUp, webhookLookUp } from '../loads/webhooks';
import { reader } from '../rows';
import { webhookDeliveries as deliveries, webhooks } from '../schema';

const isPending = eq(deliveries.state, constant('pending'));

/** Look-ups of webhooks and their deliveries. */
export function webhookReads(db: Db): WebhookReads {
  const find = webhookLookUp(db);
  const due = dueLookUp(db);
  const page = (...where: Parameters<typeof and>) =>
    reader(
      db
        .select()
        .from(webhooks)
        .where(and(gt(webhooks.id, given('after')), sql`${webhooks.state} <> 'deleted'`, ...where))
        .orderBy(asc(webhooks.id))
        .limit(upTo('limit')),
    );
  const [all, ofUser] = [
    page(),
    page(eq(webhooks.userId, given('userId')), eq(webhooks.everybody, sql`0`)),
  ];
  const isActive = eq(webhooks.state, constant('active'));
  const active = reader(db.select().from(webhooks).where(isActive));
  const list = reader(
    db
      .select()
      .from(deliveries)
      .where(and(eq(deliveries.webhookId, given('webhookId')), lt(deliveries.seq, given('before'))))
      .orderBy(desc(deliveries.seq))
      .limit(upTo('limit')),
  );
  const pending = reader(
    db
      .select({ id: deliveries.id })
      .from(deliveries)
      .where(and(eq(deliveries.webhookId, given('webhookId')), isPending))
      .limit(upTo('most')),
  );
  const next = reader(
    db
      .select({ at: sql<number | null>`min(${deliveries.nextTryAt})` })
      .from(deliveries)
      .where(
        and(
          inArray(
            deliveries.webhookId,
            db.select({ id: webhooks.id }).from(webhooks).where(isActive),
          ),
          isPending,
          gt(deliveries.nextTryAt, given('now')),
        ),
      ),
  );
  return {
    webhook: async (id) => find(id),
    webhooks: async ({ after, limit }, userId) =>
      userId === undefined
        ? all.all({ after: after ?? '', limit })
        : ofUser.all({ after: after ?? '', limit, userId }),
    activeWebhooks: async () => active.all(),
    deliveries: async (webhookId, { after, limit }) =>
      list.all({ webhookId, before: after ?? Number.MAX_SAFE_INTEGER, limit }),
    pendingDeliveries: async (webhookId, most) => pending.all({ webhookId, most }).length,
    hasDue: async (webhookId, now) => due.get({ webhookId, now, limit: 1 }) !== undefined,
    nextDeliveryAt: async (now) => next.get({ now })!.at,
  };
}
