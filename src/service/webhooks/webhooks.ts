import { DomainError, notFound } from '../../domain/errors';
import { onceById } from '../../domain/idempotency';
import { checkCaller } from '../../domain/people/caller';
import { isAdmin, type Principal } from '../../domain/people/user';
import {
  changeWebhook,
  createWebhook,
  deleteWebhook,
  maySee,
  replaceSecrets,
  replay,
  requireWebhook,
  testWebhook,
  withSecret,
  type ReplayRange,
  type WebhookFields,
} from '../../domain/webhooks/changing';
import { defaultTypes, type Delivery, type Webhook } from '../../domain/webhooks/webhook';
import type { Decision } from '../../domain/change';
import type { Page } from '../../store/reads';
import type { DeliveryPage } from '../../store/webhook-reads';
import type { Engine } from '../engine';
import type { CallContext } from '../loans/reservations';
import { openSecrets, sealSecrets } from './secrets';

export type { Delivery, Webhook };

/** The fields of a webhook as callers name them. */
export interface WebhookInput extends Omit<WebhookFields, 'poolId'> {
  /** By name; null: any. */
  pool?: string | null;
  /** Is it told of everybody's events? */
  everybody?: boolean;
}

/** The events to send again: by number, or by time in epoch ms, `until` not included. */
export type ReplayInput = Partial<Record<'from' | 'to' | 'since' | 'until', number>>;

/** A webhook with the name of its pool; null: of any, or of one that is gone. */
export interface ShownWebhook extends Webhook {
  pool: string | null;
}

/** Addresses that get events. The job `webhooks` sends them. */
export class Webhooks {
  constructor(private readonly engine: Engine) {}

  /**
   * Makes a webhook, of everybody's events for an admin unless `everybody` is false, otherwise of
   * the caller's own; it gets the events from now on. `secret` is null when the same request made it
   * before. Errors: `forbidden`, `not_found` (the pool), `conflict`, `unauthenticated`,
   * `idempotency_mismatch`.
   */
  async create(
    principal: Principal,
    input: WebhookInput & { url: string },
    { idempotencyKey }: CallContext,
  ): Promise<{ webhook: ShownWebhook; secret: string | null }> {
    requireRead(principal);
    const { store } = this.engine;
    const draft = await this.draft(principal, input);
    let secret: string | null = null;
    const id = await store.transact(
      { load: 'webhook', id: null, userId: principal.userId, caller: principal },
      (snapshot, now) => {
        checkCaller(principal, snapshot.caller, now);
        secret = this.newSecret();
        const sealedSecrets = sealSecrets(this.engine, draft.id, [{ secret, until: null }]);
        return createWebhook(snapshot, { ...draft, sealedSecrets, createdAt: now });
      },
      onceById(idempotencyKey),
    );
    return { webhook: await this.find(principal, id), secret };
  }

  private async draft(
    principal: Principal,
    input: WebhookInput & { url: string },
  ): Promise<Omit<Webhook, 'sealedSecrets' | 'createdAt'>> {
    const everybody = input.everybody ?? isAdmin(principal);
    const { url, description = '', types = defaultTypes(everybody), state = 'active' } = input;
    if (everybody && !isAdmin(principal))
      throw new DomainError('forbidden', "Only an admin is told of others' events.", 'everybody');
    const { userId, apiTokenId } = principal;
    return {
      ...{ id: this.engine.newId(), userId, apiTokenId, everybody, url, types, description, state },
      poolId: (await this.poolId(input.pool)) ?? null,
      cursor: await this.engine.store.read.lastSeq(),
      ...{ reason: null, replayAfter: null, replayTo: null, version: 1 },
    };
  }

  /** The webhooks that a principal may see, in order of id. */
  async list(principal: Principal, page: Page): Promise<ShownWebhook[]> {
    requireRead(principal);
    const userId = isAdmin(principal) ? undefined : principal.userId;
    const found = await this.engine.store.read.webhooks(page, userId);
    return this.shown(found);
  }

  /** Errors: `not_found`, `forbidden`. */
  async find(principal: Principal, id: string): Promise<ShownWebhook> {
    requireRead(principal);
    const found = await this.engine.store.read.webhook(id);
    if (!found || !maySee(principal, found)) throw notFound('webhook', id);
    return (await this.shown([found]))[0]!;
  }

  private async shown(found: readonly Webhook[]): Promise<ShownWebhook[]> {
    const names = new Map((await this.engine.store.read.pools()).map(({ id, name }) => [id, name]));
    return found.map((each) => ({ ...each, pool: names.get(each.poolId ?? '') ?? null }));
  }

  /** Errors: `not_found`, `forbidden`, `precondition_failed`, `unauthenticated`. */
  async change(
    principal: Principal,
    id: string,
    { pool, ...fields }: Omit<WebhookInput, 'everybody'>,
    expected: readonly number[] | null,
  ): Promise<void> {
    const poolId = await this.poolId(pool);
    const set = { ...fields, ...(poolId === undefined ? {} : { poolId }) };
    await this.decide(principal, id, (webhook) => changeWebhook(webhook, principal, set, expected));
  }

  /** Errors: `not_found`, `forbidden`, `unauthenticated`. */
  async delete(principal: Principal, id: string): Promise<void> {
    await this.decide(principal, id, deleteWebhook);
  }

  /**
   * Gives the user of a webhook another secret; the former one signs beside it for a day. null when
   * the same request did it before. Errors: `not_found`, `forbidden`, `unauthenticated`,
   * `idempotency_mismatch`.
   */
  async rotate(
    principal: Principal,
    id: string,
    { idempotencyKey }: CallContext,
  ): Promise<string | null> {
    requireRead(principal);
    let secret: string | null = null;
    await this.engine.store.transact(
      { load: 'webhook', id, caller: principal },
      (snapshot, now) => {
        const webhook = requireWebhook(snapshot, id, principal, now, true);
        secret = this.newSecret();
        const secrets = withSecret(openSecrets(this.engine, webhook), secret, now);
        return replaceSecrets(webhook, sealSecrets(this.engine, id, secrets));
      },
      onceById(idempotencyKey),
    );
    return secret;
  }

  /** Sends a webhook an event of its own. Errors: `not_found`, `forbidden`, `conflict`, … */
  async test(principal: Principal, id: string, context: CallContext): Promise<void> {
    await this.decide(principal, id, testWebhook, context);
  }

  /**
   * Has the events with these numbers, or of these times, sent again. Errors: `not_found`,
   * `forbidden`, `conflict`, `invalid`, `unauthenticated`, `idempotency_mismatch`.
   */
  async replay(
    principal: Principal,
    id: string,
    asked: ReplayInput,
    context: CallContext,
  ): Promise<void> {
    const range = await this.rangeOf(asked);
    await this.decide(principal, id, (webhook) => replay(webhook, range), context);
  }

  /** Times rise with numbers, so that the first and the last event of a time bound it. */
  private async rangeOf({
    from,
    to = Number.MAX_SAFE_INTEGER,
    ...times
  }: ReplayInput): Promise<ReplayRange> {
    if (from !== undefined) return { from, to };
    const { read } = this.engine.store;
    const ends = (['asc', 'desc'] as const).map((order) =>
      read.events(times, { after: null, limit: 1, order }),
    );
    const [first, last] = (await Promise.all(ends)).map(({ found }) => found[0]);
    if (first) return { from: first.seq, to: times.until === undefined ? to : last!.seq, first };
    // Nothing happened then: the range of the next event, before which nothing is sent again.
    const next = (await read.lastSeq()) + 1;
    return { from: next, to: next };
  }

  /** Its deliveries, the newest event first. Errors: `not_found`, `forbidden`. */
  async deliveries(principal: Principal, id: string, page: DeliveryPage): Promise<Delivery[]> {
    await this.find(principal, id);
    return this.engine.store.read.deliveries(id, page);
  }

  private async decide(
    principal: Principal,
    id: string,
    decide: (webhook: Webhook) => Decision<string | null>,
    context?: CallContext,
  ): Promise<void> {
    requireRead(principal);
    await this.engine.store.transact(
      { load: 'webhook', id, caller: principal },
      (snapshot, now) => {
        const { changes } = decide(requireWebhook(snapshot, id, principal, now));
        return { changes, value: id };
      },
      onceById(context?.idempotencyKey ?? null),
    );
  }

  /** `whsec_` and 256 random bits, as Standard Webhooks has it. */
  private newSecret(): string {
    const bytes = Buffer.from(this.engine.random.secret(32), 'base64url');
    return `whsec_${bytes.toString('base64')}`;
  }

  private async poolId(name: string | null | undefined): Promise<string | null | undefined> {
    if (name === null || name === undefined) return name;
    const pool = await this.engine.store.read.pool(name);
    if (!pool) throw notFound('pool', name);
    return pool.id;
  }
}

/** A webhook is told what its user may read. Errors: `forbidden`. */
function requireRead({ scopes }: Principal): void {
  if (!scopes.includes('read'))
    throw new DomainError('forbidden', 'Webhooks are told of events; that takes the scope read.');
}
