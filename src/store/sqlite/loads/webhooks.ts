import { and, asc, eq, lte, sql } from 'drizzle-orm';
import type { Webhook } from '../../../domain/webhooks/webhook';
import type { Load, Loads } from '../../loads';
import type { Db } from '../database';
import { constant, given, upTo } from '../parameters';
import { callerReader } from '../queries/callers';
import { reader } from '../rows';
import { webhookDeliveries as deliveries, webhooks } from '../schema';

const isPending = eq(deliveries.state, constant('pending'));
const exists = sql`${webhooks.state} <> 'deleted'`;

/** Finds a webhook by id, unless it is deleted. */
export function webhookLookUp(db: Db): (id: string) => Webhook | null {
  const byId = reader<Webhook>(
    db
      .select()
      .from(webhooks)
      .where(and(eq(webhooks.id, given('id')), exists)),
  );
  return (id) => byId.get({ id }) ?? null;
}

/** A webhook, and how many there are. */
export function webhookLoader(db: Db) {
  const find = webhookLookUp(db);
  const caller = callerReader(db);
  const all = reader(db.select({ userId: webhooks.userId }).from(webhooks).where(exists));
  return ({ id, userId, ...ask }: Load<'webhook'>): Loads['webhook']['gives'] => {
    const owners = userId === undefined ? [] : all.all();
    return {
      webhook: id === null ? null : find(id),
      ofUser: owners.filter((owner) => owner.userId === userId).length,
      ofAll: owners.length,
      ...(ask.caller ? { caller: caller(ask.caller) } : {}),
    };
  };
}

/**
 * Deliveries that may be tried: pending, their time has come, and no earlier one of the same
 * reservation is pending.
 */
export function dueLookUp(db: Db) {
  const earlier = sql`exists (select 1 from webhook_deliveries earlier
    where earlier.webhook_id = ${deliveries.webhookId} and earlier.state = 'pending'
    and earlier.reservation_id = ${deliveries.reservationId} and earlier.seq < ${deliveries.seq})`;
  return reader(
    db
      .select()
      .from(deliveries)
      .where(
        and(
          eq(deliveries.webhookId, given('webhookId')),
          isPending,
          lte(deliveries.nextTryAt, given('now')),
          sql`not ${earlier}`,
        ),
      )
      // Their index goes on with the rowid: those due at one time come in the order of writing, and
      // nothing has to be sorted.
      .orderBy(asc(deliveries.nextTryAt), sql`${deliveries}.rowid`)
      .limit(upTo('limit')),
  );
}

/** A webhook with the rows that its rights depend on, and deliveries of it that may be tried. */
export function dueLoader(db: Db) {
  const find = webhookLookUp(db);
  const rights = callerReader(db);
  const due = dueLookUp(db);
  return ({ webhookId, limit }: Load<'due'>, now: number): Loads['due']['gives'] => {
    const webhook = find(webhookId);
    return {
      webhook,
      rights: webhook ? rights(webhook) : { user: null, token: null },
      due: limit === 0 ? [] : due.all({ webhookId, now, limit }),
    };
  };
}

/** A delivery with its webhook. */
export function deliveryLoader(db: Db) {
  const find = webhookLookUp(db);
  const byId = reader(
    db
      .select()
      .from(deliveries)
      .where(eq(deliveries.id, given('id'))),
  );
  return ({ id, webhookId }: Load<'delivery'>): Loads['delivery']['gives'] => ({
    webhook: find(webhookId),
    delivery: byId.get({ id }) ?? null,
  });
}
