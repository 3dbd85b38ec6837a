import type { Sealer } from '../crypto/sealing';
import type { Caps } from '../domain/queue/caps';
import type { DecisionContext } from '../domain/context';
import type { RandomSource } from '../drivers/driver';
import type { Store } from '../store/store';

/** The dependencies of every use case; all of them injected. */
export interface Engine {
  store: Store;
  sealer: Sealer;
  random: RandomSource;
  newId: () => string;
  /** Limits for one user and for one queue; none by default. */
  caps?: Caps;
}

/** The moment of a decision: the transaction's clock reading and the engine's chance. */
export function contextOf(engine: Engine, now: number): DecisionContext {
  return { now, newId: engine.newId, fraction: () => engine.random.fraction() };
}

/** The associated data of each sealed text, so that it opens nowhere else. */
export const aad = {
  credential: (id: string) => `credentials/${id}/sealed`,
  access: (allocationId: string) => `allocations/${allocationId}/sealed_access`,
  wish: (reservationId: string) => `reservations/${reservationId}/sealed_access`,
  /** Of these the text is with the caller, for a short time. */
  githubSignIn: 'sign-in/github/browser',
  githubDevice: 'sign-in/github/device',
};
