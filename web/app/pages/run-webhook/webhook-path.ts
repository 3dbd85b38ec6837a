import { pathOf } from '../../address/address';

/** The path of a webhook in the API. */
export function webhookPath(id: string): string {
  return pathOf('v1', 'webhooks', id);
}
