import { DriverError, type Details, type Target } from '../driver';
import { fingerprintOf } from '../ssh-login/connection';
import { shortId } from '../ssh-login/names';
import type { Host } from './host';
import { hashOf, type Inventory } from './inventory';

/**
 * The handle of a host that was taken. It holds the hash of its first inventory, because root on the
 * host can change the copy there.
 */
export function handleFor(
  { resourceId }: Pick<Target, 'resourceId'>,
  inventory: Inventory,
): string {
  return `${shortId(resourceId)}-${hashOf(inventory)}`;
}

/** The first inventory of a host. Errors: DriverError if the host's copy is not that one. */
export async function inventoryOf(host: Host, target: Target): Promise<Inventory> {
  const inventory = await host.known();
  if (handleFor(target, inventory) !== target.handle)
    throw new DriverError(
      'resource',
      'The inventory that the host keeps is not the one that was taken at first. Look at the host; ' +
        'then take it off the list, and list it again.',
    );
  return inventory;
}

/** The details of a host, for everybody who may see the resource. */
export function detailsOf({ server: { endpoint, key } }: Host): Details {
  const { host, port } = endpoint;
  return { host, port, hostKey: fingerprintOf(key), powerState: 'running' };
}
