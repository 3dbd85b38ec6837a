import { wantedIn, writeDeliveries, type Stretch } from '../../domain/webhooks/outbox';
import type { Webhook } from '../../domain/webhooks/webhook';
import type { EventFilter } from '../../store/reads';
import type { Engine } from '../engine';

/** The most events read at once for a webhook. */
const BATCH = 200;
/** The most deliveries of a webhook that wait; then its events wait where they are. */
const MOST_PENDING = 1_000;
/** A webhook that wants none of so many events is moved on nevertheless. */
const STEP = 2_000;

/** Reads events for webhooks, and writes a delivery for each that a webhook wants. */
export class DeliveryWriter {
  /** Up to where events were read for a webhook, beyond what is written in its row. */
  private readonly read = new Map<string, { cursor: number; upTo: number }>();

  constructor(private readonly engine: Engine) {}

  /** Writes a batch for each webhook. Returns whether more can be written at once. */
  async write(webhooks: readonly Webhook[]): Promise<boolean> {
    const ids = new Set(webhooks.map(({ id }) => id));
    for (const id of this.read.keys()) if (!ids.has(id)) this.read.delete(id);
    let hasMore = false;
    for (const webhook of webhooks) {
      const { id } = webhook;
      const pending = await this.engine.store.read.pendingDeliveries(id, MOST_PENDING);
      if (pending >= MOST_PENDING) continue;
      if (await this.writeReplayed(webhook)) hasMore = true;
      if (await this.writeNew(webhook)) hasMore = true;
    }
    return hasMore;
  }

  /** Is more to be read at once? */
  private async writeNew(webhook: Webhook): Promise<boolean> {
    const { id, cursor } = webhook;
    const known = this.read.get(id);
    const after = known?.cursor === cursor ? known.upTo : cursor;
    // Asked first: it is before everything that the page does not find.
    const newest = await this.engine.store.read.lastSeq();
    if (newest <= after) return false;
    const { events, upTo, hasMore } = await this.page(filterOf(webhook), after, newest);
    const stretch: Stretch = { of: 'new', after: cursor, upTo, events };
    if (wantedIn(webhook, stretch).length > 0 || upTo - cursor >= STEP) {
      await this.save(webhook, stretch);
    } else this.read.set(id, { cursor, upTo });
    return hasMore;
  }

  private async writeReplayed(webhook: Webhook): Promise<boolean> {
    const { replayAfter: after, replayTo } = webhook;
    if (after === null || replayTo === null) return false;
    const isAlone = replayTo === after + 1;
    const page = await this.page(isAlone ? {} : filterOf(webhook), after, replayTo);
    const events = page.events.filter(({ seq }) => seq <= replayTo);
    const upTo = Math.min(page.upTo, replayTo);
    await this.save(webhook, { of: 'replayed', after, upTo, events });
    return upTo < replayTo;
  }

  /** A page of events after a number, read up to `newest` at least unless more follow. */
  private async page(filter: EventFilter, after: number, newest: number) {
    const { found, next } = await this.engine.store.read.events(filter, {
      ...{ after, limit: BATCH, order: 'asc' },
    });
    const upTo = next ?? Math.max(newest, found.at(-1)?.seq ?? 0);
    return { events: found, upTo, hasMore: next !== null };
  }

  private async save({ id: webhookId }: Webhook, stretch: Stretch): Promise<void> {
    await this.engine.store.transact({ load: 'due', webhookId, limit: 0 }, (snapshot, now) =>
      writeDeliveries(snapshot, stretch, now),
    );
  }
}

/** The events that may concern a webhook; `wants` of the domain decides. */
function filterOf({ everybody, userId, types }: Webhook): EventFilter {
  return { types: [...types, 'webhook.tested'], ...(everybody ? {} : { userId }) };
}
