import { isIP } from 'node:net';
import { Agent, request } from 'undici';
import type { Sender, SendOutcome, WebhookMessage } from '../service/webhooks/sender';
import {
  ForbiddenAddressError,
  guardedConnector,
  isPublicAddress,
  listRule,
  type AddressRule,
  type Lookup,
} from './addresses';
import { chainOf, codeOf } from './faults';
import { signedHeaders } from './signature';

const LIST = 'WEBHOOK_ALLOW';

/**
 * Posts messages to webhooks: by TLS to public addresses, or to whatever `allow` lists, checked at
 * the moment of connecting. No redirect is followed, and no answer is read. Tests bring a `lookup`.
 */
export function webhookSender(allow: readonly string[], lookup?: Lookup): Sender {
  const agent = new Agent({
    connect: guardedConnector(webhookRule(allow), lookup, LIST),
    // The deadline of each call is its own.
    headersTimeout: 0,
    bodyTimeout: 0,
  });
  return {
    send: (message, signal) => post(agent, message, signal),
    close: () => agent.destroy(),
  };
}

function webhookRule(allow: readonly string[]): AddressRule {
  const isNetwork = (entry: string) => isIP(entry.split('/')[0]!) !== 0;
  const isListed = listRule(allow.filter(isNetwork));
  const hosts = new Set(allow.filter((entry) => !isNetwork(entry)));
  return (address, host, protocol) =>
    isListed(address) ||
    hosts.has(host.toLowerCase()) ||
    (protocol === 'https:' && isPublicAddress(address));
}

async function post(
  agent: Agent,
  { url, id, at, body, secrets }: WebhookMessage,
  signal: AbortSignal,
): Promise<SendOutcome> {
  try {
    const {
      statusCode,
      headers,
      body: answer,
    } = await request(url, {
      method: 'POST',
      headers: { ...signedHeaders(id, at, body, secrets), 'content-type': 'application/json' },
      body,
      signal,
      dispatcher: agent,
    });
    // Nothing of it is needed; an answer without an end must not be waited for.
    answer.on('error', () => undefined).destroy();
    return outcomeOf(statusCode, headers['retry-after']);
  } catch (error) {
    return { status: null, error: reasonOf(error, signal), retryAfter: null };
  }
}

function outcomeOf(status: number, retryAfter: string | string[] | undefined): SendOutcome {
  if (status >= 200 && status < 300) return { status, error: null, retryAfter: null };
  const followed = status >= 300 && status < 400 ? ', which is not followed' : '';
  const asked = /^\d{1,6}$/.test(String(retryAfter)) ? Number(retryAfter) * 1_000 : null;
  return { status, error: `It answered ${status}${followed}.`, retryAfter: asked };
}

function reasonOf(error: unknown, signal: AbortSignal): string {
  if (signal.aborted)
    return (signal.reason as Error).name === 'TimeoutError'
      ? 'It did not answer in time.'
      : 'The call was cut off, because the server stopped.';
  const forbidden = chainOf(error).find((each) => each instanceof ForbiddenAddressError);
  return forbidden ? forbidden.message : `It did not answer (${codeOf(error) || 'unknown error'}).`;
}
