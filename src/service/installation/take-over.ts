import type { Engine } from '../engine';
import { voidClaimsOf } from './recovery';

/** How often to look for processes that died; ms. */
const LOOK_EVERY = 1_000;

/** The other processes of this installation; the bootstrap knows how to find the dead ones. */
interface PeerInstances {
  dead(): { name: string; remove(): void; release(): void }[];
}

interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/**
 * Voids the claims of processes that have died, so that their work is due at once and not only when
 * the claims run out.
 */
export async function takeOver(
  engine: Engine,
  peers: PeerInstances,
  log: Pick<Log, 'info'>,
): Promise<void> {
  const left = peers.dead();
  try {
    for (let dead = left[0]; dead; dead = left[0]) {
      const claims = await voidClaimsOf(engine, `${dead.name}/`);
      dead.remove();
      left.shift();
      log.info({ instance: dead.name, claims }, 'another process has died; its work is taken over');
    }
  } finally {
    // The next look, of any process, finds these again; locked, they would look alive.
    for (const dead of left) dead.release();
  }
}

/**
 * Takes over every second from now on; returns a function that stops it and waits for a look under
 * way.
 */
export function keepTakingOver(
  engine: Engine,
  peers: PeerInstances,
  log: Log,
): () => Promise<void> {
  let looking = Promise.resolve();
  let isLooking = false;
  const timer = setInterval(() => {
    if (isLooking) return;
    isLooking = true;
    looking = takeOver(engine, peers, log)
      .catch((error: unknown) =>
        log.error({ err: error }, 'the work of a dead process could not be taken over'),
      )
      .finally(() => (isLooking = false));
  }, LOOK_EVERY);
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
