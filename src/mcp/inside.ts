import {
  createServer,
  request as ask,
  type IncomingMessage,
  type RequestListener,
} from 'node:http';
import { duplexPair, Readable, type Duplex } from 'node:stream';
import { setTimeout as pause } from 'node:timers/promises';

/** Of a call whose answer could not be held, in ms: its caller would ask again at once. */
const PAUSE = 1_000;

/** Gives a `fetch` that calls a server of this process for somebody at an address, by a text. */
export type FetchInside = (address: string) => typeof fetch;

/**
 * Gives how to call the listener of a server in this process by HTTP without a socket: each call is
 * read, checked, limited and answered like one from outside, as if it came from that address.
 */
export function fetchInside(listener: RequestListener): FetchInside {
  // It never listens: it is handed the other end of each connection.
  const server = createServer(listener);
  return (address) => async (target, init) => {
    const url = target as string;
    const { signal } = init ?? {};
    const [ours, theirs] = connection(address);
    server.emit('connection', theirs);
    const response = await answered(url, init, ours);
    if (isHeldInVain(url, response)) await pause(PAUSE, undefined, { signal: signal! });
    return response;
  };
}

/** Both ends of a connection; when one is gone, so is the other. */
function connection(remoteAddress: string): [Duplex, Duplex] {
  const [ours, theirs] = duplexPair();
  ours.on('close', () => theirs.destroy());
  theirs.on('close', () => ours.destroy());
  ours.on('error', () => undefined);
  theirs.on('error', () => undefined);
  return [ours, Object.assign(theirs, { remoteAddress })];
}

function answered(url: string, init: RequestInit | undefined, socket: Duplex): Promise<Response> {
  const { method, headers, body, signal } = init ?? {};
  return new Promise((resolve, reject) => {
    const sent = ask(url, {
      method,
      headers: { ...(headers as Record<string, string>), Connection: 'close' },
      signal: signal ?? undefined,
      createConnection: () => socket,
    });
    sent.on('error', reject);
    sent.on('response', (incoming) => resolve(responseOf(incoming)));
    sent.end(body as string | undefined);
  });
}

function responseOf(incoming: IncomingMessage): Response {
  const headers = Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]);
  const status = incoming.statusCode!;
  const hasBody = status !== 204;
  if (!hasBody) incoming.resume();
  const body = hasBody ? (Readable.toWeb(incoming) as ReadableStream<Uint8Array>) : null;
  return new Response(body, { status, headers: headers as [string, string][] });
}

function isHeldInVain(url: string, { headers }: Response): boolean {
  return /[?&]wait=[1-9]/.test(url) && !headers.has('preference-applied');
}
