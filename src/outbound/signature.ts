import { Webhook } from 'standardwebhooks';

/**
 * The headers of a message that is signed by Standard Webhooks, once with each secret (base64, with
 * or without `whsec_`). `at`: epoch ms. Errors: the library's, for a secret that is not base64.
 */
export function signedHeaders(
  id: string,
  at: number,
  body: string,
  secrets: readonly string[],
): Record<string, string> {
  const signatures = secrets.map((secret) => new Webhook(secret).sign(id, new Date(at), body));
  return {
    'webhook-id': id,
    'webhook-timestamp': String(Math.floor(at / 1_000)),
    'webhook-signature': signatures.join(' '),
  };
}
