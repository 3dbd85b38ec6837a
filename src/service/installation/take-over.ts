import type { Engine } from '../engine';
import { abandonClaims } from './start';

/** How often to look for processes that died; ms. */
const LOOK_EVERY = 1_000;

/** The other processes, as far as is needed here; the bootstrap says how they are told. */
interface PeerInstances {
  dead(): { name: string; remove(): void; release(): void }[];
}

interface Log {
  info(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}

/**
 * Voids the claims of processes that have died: what they left is due at once, and not only when
 * their claims run out.
 */
export async function takeOver(
  engine: Engine,
  peers: PeerInstances,
  log: Pick<Log, 'info'>,
): Promise<void> {
  for (const dead of peers.dead()) {
    try {
      const claims = await abandonClaims(engine, `${dead.name}/`);
      dead.remove();
      log.info(
        { instance: dead.name, claims },
        'another process has died; what it left is taken over',
      );
    } catch (error) {
      dead.release();
      throw error;
    }
  }
}

/** Does so from now on, every second; gives how to stop, which waits for a look under way. */
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
        log.error({ err: error }, 'what a dead process left could not be taken over'),
      )
      .finally(() => (isLooking = false));
  }, LOOK_EVERY);
  return async () => {
    clearInterval(timer);
    await looking;
  };
}
