import type { Delivery } from '../../src/domain/webhooks/webhook';
import type { Store } from '../../src/store/store';
import { aDelivery, apply, aUser, aWebhook } from '../store/rows';
import { load } from './store-load';

const page = { after: null, limit: 9 };
const deliveries = (store: Store) => store.read.deliveries('w1', page);

async function put(store: Store, ...rows: Partial<Delivery>[]): Promise<void> {
  for (const row of rows) await apply(store, { do: 'putDelivery', delivery: aDelivery(row) });
}

/** The changes of webhooks, as the others in store-changes.ts. */
export const WEBHOOK_CHANGES = {
  createWebhook: async (store: Store) => {
    const [webhook, other] = [aWebhook(), aWebhook({ id: 'w2', userId: 'u2', everybody: true })];
    await apply(store, { do: 'createUser', user: aUser('u1') });
    for (const each of [webhook, other]) await apply(store, { do: 'createWebhook', webhook: each });
    expect(await store.read.webhooks(page)).toEqual([webhook, other]);
    expect(await store.read.webhooks(page, 'u1')).toEqual([webhook]);
    expect(await store.read.webhooks(page, 'u2')).toEqual([]);
    expect(await load(store, { load: 'webhook', id: 'w1', userId: 'u2' })).toEqual({
      ...{ webhook, ofUser: 1, ofAll: 2 },
    });
    expect(await load(store, { load: 'due', webhookId: 'w1', limit: 9 })).toMatchObject({
      ...{ webhook, rights: { user: { id: 'u1' }, token: null }, due: [] },
    });
  },
  setWebhook: async (store: Store) => {
    await apply(store, { do: 'createWebhook', webhook: aWebhook() });
    await apply(store, { do: 'setWebhook', id: 'w1', set: { state: 'disabled', cursor: 7 } });
    expect(await store.read.activeWebhooks()).toEqual([]);
    expect(await store.read.webhook('w1')).toMatchObject({ state: 'disabled', cursor: 7 });
    await apply(store, { do: 'setWebhook', id: 'w1', set: { state: 'deleted' } });
    expect(await store.read.webhook('w1')).toBeNull();
    expect(await store.read.webhooks(page)).toEqual([]);
    expect((await load(store, { load: 'webhook', id: 'w1', userId: 'u1' })).ofAll).toBe(0);
  },
  putDelivery: async (store: Store) => {
    await apply(store, { do: 'createWebhook', webhook: aWebhook() });
    const now = store.now();
    await put(store, { seq: 1, nextTryAt: now }, { seq: 2, nextTryAt: now }, { seq: 3 });
    await put(store, { seq: 4, reservationId: null, nextTryAt: now + 9e9 });
    await put(store, { seq: 5, reservationId: 'v2', nextTryAt: now });
    expect((await deliveries(store)).map(({ seq }) => seq)).toEqual([5, 4, 3, 2, 1]);
    expect(await store.read.deliveries('w1', { after: 3, limit: 1 })).toMatchObject([{ seq: 2 }]);
    const { due } = await load(store, { load: 'due', webhookId: 'w1', limit: 9 });
    expect(due.map(({ seq }) => seq)).toEqual([1, 5]);
    expect(await store.read.hasDue('w1', now)).toBe(true);
    expect(await store.read.nextDeliveryAt(now)).toBe(now + 9e9);
    expect(await store.read.pendingDeliveries('w1', 3)).toBe(3);
    await put(store, { seq: 1, tries: 3, nextTryAt: now });
    expect((await deliveries(store)).at(-1)).toEqual(
      aDelivery({ seq: 1, tries: 3, nextTryAt: now }),
    );
  },
  setDelivery: async (store: Store) => {
    await apply(store, { do: 'createWebhook', webhook: aWebhook() });
    const now = store.now();
    await put(store, { seq: 1, nextTryAt: now }, { seq: 2, nextTryAt: now });
    const set = { state: 'delivered', nextTryAt: null, finishedAt: 9 } as const;
    await apply(store, { do: 'setDelivery', id: 'w1_1', set });
    expect(await load(store, { load: 'delivery', id: 'w1_1', webhookId: 'w1' })).toMatchObject({
      ...{ webhook: { id: 'w1' }, delivery: set },
    });
    const { due } = await load(store, { load: 'due', webhookId: 'w1', limit: 9 });
    expect(due.map(({ seq }) => seq)).toEqual([2]);
  },
};
