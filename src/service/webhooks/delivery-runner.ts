import { claimDeliveries, completeDelivery, type CallOutcome } from '../../domain/webhooks/outbox';
import { CALL_DEADLINE, MOST_CALLS, placesFor } from '../../domain/webhooks/retries';
import { signingSecrets, type Delivery, type Webhook } from '../../domain/webhooks/webhook';
import { eventAnswer } from '../events/event-answer';
import { shownToUser } from '../events/events';
import type { Engine } from '../engine';
import type { JobLog } from '../jobs/job';
import type { Sender } from './sender';
import { openSecrets } from './secrets';

/** The calls to one webhook. */
interface Lane {
  underWay: number;
  /** Consecutive failures. */
  failures: number;
}

const GONE: CallOutcome = {
  ...{ status: null, retryAfter: null, isGone: true },
  error: 'The event is not kept any more.',
};

/** Makes the calls that are due: a few at once to each webhook, so that none delays another. */
export class DeliveryRunner {
  private readonly lanes = new Map<string, Lane>();
  private readonly calls = new Set<Promise<void>>();
  private sender: Promise<Sender> | null = null;
  private readonly stop = new AbortController();

  constructor(
    private readonly engine: Engine,
    private readonly log: JobLog,
    private readonly makeSender: (() => Promise<Sender>) | undefined,
  ) {}

  /** Begins what is due for a webhook, as far as it has places; waits for no call. */
  async look(webhookId: string): Promise<void> {
    const { store } = this.engine;
    const lane = this.laneOf(webhookId);
    const places = Math.min(placesFor(lane.failures) - lane.underWay, MOST_CALLS - this.calls.size);
    if (
      this.stop.signal.aborted ||
      places <= 0 ||
      !(await store.read.hasDue(webhookId, store.now()))
    )
      return;
    // Taken before the next look can come.
    lane.underWay += places;
    const claimed = await store
      .transact({ load: 'due', webhookId, limit: places }, claimDeliveries)
      .finally(() => (lane.underWay -= places));
    for (const delivery of claimed?.deliveries ?? []) this.begin(claimed!.webhook, delivery, lane);
  }

  /** Cuts off all calls, which are tried again later, and begins no more. */
  async idle(): Promise<void> {
    this.stop.abort();
    while (this.calls.size > 0) await Promise.all(this.calls);
    await (await this.sender)?.close();
    this.sender = null;
  }

  private begin(webhook: Webhook, delivery: Delivery, lane: Lane): void {
    lane.underWay += 1;
    const call = this.deliver(webhook, delivery, lane)
      .catch((error: unknown) => this.log.error({ err: error }, 'a delivery could not be recorded'))
      .finally(() => {
        lane.underWay -= 1;
        this.calls.delete(call);
      })
      // The next one of the same reservation may wait for this one alone.
      .then(() => this.look(webhook.id))
      .catch((error: unknown) => this.log.error({ err: error }, 'deliveries could not be read'));
    this.calls.add(call);
  }

  private async deliver(webhook: Webhook, delivery: Delivery, lane: Lane): Promise<void> {
    const outcome = await this.call(webhook, delivery);
    lane.failures = outcome.error === null ? 0 : lane.failures + 1;
    const { id, tries } = delivery;
    const { store, random } = this.engine;
    await store.transact({ load: 'delivery', id, webhookId: webhook.id }, (snapshot, now) =>
      completeDelivery(snapshot, tries, outcome, now, random.fraction()),
    );
  }

  private async call(webhook: Webhook, { id, seq }: Delivery): Promise<CallOutcome> {
    const { store } = this.engine;
    const page = { after: seq - 1, limit: 1, order: 'asc' } as const;
    const [found] = (await store.read.events({}, page)).found;
    if (found?.seq !== seq) return GONE;
    const event = webhook.everybody ? found : shownToUser(webhook.userId, found);
    const at = store.now();
    const secrets = signingSecrets(openSecrets(this.engine, webhook), at);
    const message = { url: webhook.url, id, at, body: JSON.stringify(eventAnswer(event)), secrets };
    if (!this.makeSender) throw new Error('The job webhooks needs a sender.');
    const sender = await (this.sender ??= this.makeSender());
    const deadline = AbortSignal.any([AbortSignal.timeout(CALL_DEADLINE), this.stop.signal]);
    return sender.send(message, deadline);
  }

  private laneOf(webhookId: string): Lane {
    const lane = this.lanes.get(webhookId) ?? { underWay: 0, failures: 0 };
    this.lanes.set(webhookId, lane);
    return lane;
  }
}
