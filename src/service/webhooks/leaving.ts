import { nothing } from '../../domain/change';
import { deleteWebhook } from '../../domain/webhooks/changing';
import { MOST_OF_ALL } from '../../domain/webhooks/webhook';
import type { Engine } from '../engine';

/**
 * Deletes the webhooks of a deleted user, who can make no more. The job `prune` forgets them with
 * their deliveries.
 */
export async function deleteWebhooksOf({ store }: Engine, userId: string): Promise<void> {
  const all = await store.read.webhooks({ after: null, limit: MOST_OF_ALL });
  for (const { id } of all.filter((each) => each.userId === userId))
    await store.transact({ load: 'webhook', id }, ({ webhook }) =>
      webhook ? deleteWebhook(webhook) : nothing(null),
    );
}
