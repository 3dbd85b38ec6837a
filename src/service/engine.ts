import type { Sealer } from '../crypto/sealing';
import type { Caps } from '../domain/queue/caps';
import { SERVER, type Author } from '../domain/author';
import type { DecisionContext, Instant } from '../domain/context';
import type { Fault } from '../domain/lifecycle/operation-result';
import type { Step } from '../domain/lifecycle/operation-steps';
import type { RandomSource } from '../drivers/driver';
import { AuthoredStore } from '../store/authored';
import type { Store } from '../store/store';

/** A driver call that has ended. */
export interface DriverCall {
  driver: string;
  step: Step;
  /** `backend`: the back end failed, not this resource. `pause`: it cannot end yet. */
  outcome: 'ok' | Fault['scope'];
  seconds: number;
}

/** The parts that every use case works with; all of them injected. */
export interface Engine {
  store: Store;
  /** The author of its transactions; the server itself by default. */
  author?: Author;
  sealer: Sealer;
  random: RandomSource;
  newId: () => string;
  /** The version of the software, for records. */
  version?: string;
  /** The most that one user, or one queue, may take up; no bounds by default. */
  caps?: Caps;
  /** Hears of each driver call that has ended, for the metrics; nobody does by default. */
  onDriverCall?: (call: DriverCall) => void;
  /** The last moment at which callers could be heard; epoch ms, by default the present. */
  heard?: () => number;
}

/** The engine for the transactions of an author: every event that they append bears it. */
export function engineFor<E extends Engine>(engine: E, author: Author): E {
  return { ...engine, author, store: new AuthoredStore(engine.store, author) };
}

/** The author of an engine, who now carries out another call, named by its ids. */
export function carryingOut(
  { author = SERVER }: Engine,
  { requestId, traceparent }: Pick<Author, 'requestId' | 'traceparent'>,
): Author {
  return requestId === null ? author : { ...author, requestId, traceparent };
}

/** A moment, by default the present, for rules that only look. */
export function instantIn({ store, heard }: Engine, now: number = store.now()): Instant {
  return { now, heard: heard?.() };
}

/** The moment of a decision: the transaction's clock reading and the engine's random source. */
export function contextOf(engine: Engine, now: number): DecisionContext {
  return {
    ...instantIn(engine, now),
    newId: engine.newId,
    version: engine.version,
    fraction: () => engine.random.fraction(),
  };
}

/** The purpose that each sealed text is bound to: it opens under no other. */
export const aad = {
  credential: (id: string) => `credentials/${id}/sealed`,
  access: (allocationId: string) => `allocations/${allocationId}/sealed_access`,
  wish: (reservationId: string) => `reservations/${reservationId}/sealed_access`,
  memo: (operationId: string) => `operations/${operationId}/sealed_memo`,
  webhookSecrets: (webhookId: string) => `webhooks/${webhookId}/sealed_secrets`,
  /** The caller keeps this text, for a short time. */
  githubSignIn: 'sign-in/github/browser',
  githubDevice: 'sign-in/github/device',
};
