import type { Job, JobContext } from '../jobs/job';
import { DeliveryRunner } from './delivery-runner';
import { DeliveryWriter } from './delivery-writer';

/** How long the job rests after a pass, in ms: with webhooks, and while there is none. */
const REST = 50;
const ASLEEP = 1_000;

/**
 * Tells webhooks of events: writes the deliveries of each, then makes the calls that are due. While
 * there is no active webhook it reads nothing but an empty list, about once a second.
 */
export function webhooksJob({ engine, log, sender }: JobContext): Job {
  const writer = new DeliveryWriter(engine);
  const runner = new DeliveryRunner(engine, log, sender);
  let rest = ASLEEP;
  return {
    get rest() {
      return rest;
    },
    idle: () => runner.idle(),
    runOnce: async () => {
      const webhooks = await engine.store.read.activeWebhooks();
      rest = webhooks.length > 0 ? REST : ASLEEP;
      if (webhooks.length === 0) return null;
      const hasMore = await writer.write(webhooks);
      for (const { id } of webhooks) await runner.look(id);
      return hasMore ? engine.store.now() : engine.store.read.nextDeliveryAt(engine.store.now());
    },
  };
}
