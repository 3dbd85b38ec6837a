import { randomUUID } from 'node:crypto';
import { Agent, request as send, type Dispatcher } from 'undici';
import type { Call, DiscoveredResource, Driver, DriverEnv } from '../driver';
import { DriverError } from '../driver';
import { MessageDriver, type Transport } from '../message-driver';
import { replyOf, type CallName, type CallRequest, type Replies } from '../messages';
import { addressRule, guardedConnector, type Lookup } from '../../outbound/addresses';
import { signedHeaders } from '../../outbound/signature';
import { readSecret } from '../secret-setting';
import { asDriverError, retryPause, statusFault, type Answer } from './faults';
import { httpCapabilities, type HttpSettings } from './settings';

const KIB = 1_024;
const MOST_PIECES = 10_000;

/** A driver that asks the service of these settings. Tests bring a `lookup` of their own. */
export function makeHttpDriver(settings: HttpSettings, env: DriverEnv, lookup?: Lookup): Driver {
  return new MessageDriver(httpCapabilities(settings), new Service(settings, env, lookup), env);
}

/** Sends each call to a service by a signed POST. */
class Service implements Transport {
  private readonly agent: Agent;

  constructor(
    private readonly settings: HttpSettings,
    private readonly env: DriverEnv,
    lookup?: Lookup,
  ) {
    this.agent = new Agent({
      connect: guardedConnector(addressRule(settings.allow), lookup),
      maxResponseSize: settings.answerKb * KIB,
      // The deadline of each call is its own.
      headersTimeout: 0,
      bodyTimeout: 0,
    });
  }

  has(name: CallName): boolean {
    return this.settings.calls.includes(name);
  }

  async ask<N extends CallName>(name: N, request: CallRequest, call: Call): Promise<Replies[N]> {
    return replyOf(name, await this.post(name, JSON.stringify(request), call));
  }

  /** Asks for piece after piece, while the service names the next one. */
  async *list(request: CallRequest, call: Call): AsyncGenerator<DiscoveredResource[]> {
    let cursor: string | null = null;
    for (let pieces = 0; pieces < MOST_PIECES; pieces += 1) {
      const { found, next }: Replies['list'] = await this.ask('list', { ...request, cursor }, call);
      yield found;
      if (next === undefined || next === null) return;
      cursor = next;
    }
    throw new DriverError('resource', `The list has more than ${MOST_PIECES} pieces.`);
  }

  close(): Promise<void> {
    return this.agent.destroy();
  }

  /**
   * Sends a message, and once more if that may help: the contract makes every call one that may be
   * repeated, and a repeated message has the same id.
   */
  private async post(name: CallName, body: string, call: Call): Promise<Uint8Array> {
    const { signal } = call;
    const id = randomUUID();
    try {
      const first = await this.sendOnce(name, id, body, call).catch((error: unknown) => ({
        error,
      }));
      const pause = retryPause(first);
      if (pause === null) return answerOf(name, first);
      await pauseFor(pause, signal);
      return answerOf(name, await this.sendOnce(name, id, body, call));
    } catch (error) {
      throw asDriverError(error, name, signal, this.settings.answerKb);
    }
  }

  private async sendOnce(
    name: CallName,
    id: string,
    body: string,
    { traceparent, signal }: Call,
  ): Promise<Answer> {
    const headers = {
      ...(await this.signed(id, body)),
      ...(traceparent ? { traceparent } : {}),
    };
    const { url } = this.settings;
    const answer: Dispatcher.ResponseData = await send(`${url.replace(/\/+$/, '')}/${name}`, {
      method: 'POST',
      headers: { ...headers, 'content-type': 'application/json', accept: 'application/json' },
      body,
      signal,
      dispatcher: this.agent,
    });
    const bytes = new Uint8Array(await answer.body.arrayBuffer());
    return { status: answer.statusCode, retryAfter: answer.headers['retry-after'], bytes };
  }

  private async signed(id: string, body: string): Promise<Record<string, string>> {
    if (!this.env.now) throw new Error('The driver http needs a clock.');
    return signedBy(await this.secret(), id, this.env.now(), body);
  }

  private secret(): Promise<string> {
    const { secret: variable, secretFile: file } = this.settings;
    return readSecret({ variable, file }, this.env.variables);
  }
}

function answerOf(name: CallName, answer: Answer | { error: unknown }): Uint8Array {
  if ('error' in answer) throw answer.error;
  const fault = statusFault(name, answer.status);
  if (fault) throw fault;
  return answer.bytes;
}

/** Errors: DriverError for a secret that is not base64. */
function signedBy(secret: string, id: string, at: number, body: string): Record<string, string> {
  try {
    return signedHeaders(id, at, body, [secret]);
  } catch {
    throw new DriverError('backend', 'The secret of the signatures is not base64.');
  }
}

function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = () => {
      clearTimeout(timer);
      reject(signal.reason as Error);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener('abort', stop);
      resolve();
    }, ms);
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}
