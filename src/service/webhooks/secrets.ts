import type { Webhook, WebhookSecret } from '../../domain/webhooks/webhook';
import { aad, type Engine } from '../engine';

/** Seals the secrets of a webhook. */
export function sealSecrets(
  { sealer }: Pick<Engine, 'sealer'>,
  webhookId: string,
  secrets: readonly WebhookSecret[],
): string {
  return sealer.seal(aad.webhookSecrets(webhookId), JSON.stringify(secrets));
}

/** Opens the secrets of a webhook. Errors: SealError. */
export function openSecrets(
  { sealer }: Pick<Engine, 'sealer'>,
  { id, sealedSecrets }: Pick<Webhook, 'id' | 'sealedSecrets'>,
): WebhookSecret[] {
  return JSON.parse(sealer.open(aad.webhookSecrets(id), sealedSecrets)) as WebhookSecret[];
}
