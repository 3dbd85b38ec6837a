import { boot } from '../../boot';
import type { Config } from '../../config';
import { systemAuthor } from '../../domain/author';
import { servicesFor, type Services } from '../../service/services';
import { tell } from '../alone';

/**
 * Runs `work` with the services of an installation, even while a server is running, and closes them.
 * `command` is the author of what it changes.
 * Makes the installation if there is none. Errors: those of `boot` and of `work`.
 */
export async function withServices<T>(
  config: Config,
  command: string,
  work: (services: Services) => Promise<T>,
): Promise<T> {
  // `presence` is not settled: a server that starts next must still be the first, and recover.
  const { services, presence } = await boot(config, tell);
  try {
    return await work(servicesFor(services, systemAuthor(`holdfast ${command}`)));
  } finally {
    await services.drivers.close();
    await services.engine.store.close();
    presence.leave();
  }
}
