import { once } from 'node:events';
import {
  createServer,
  request,
  type ClientRequest,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { Duplex } from 'node:stream';
import { json, text } from 'node:stream/consumers';
import type { Allowed } from './proxy-rules';

const LARGEST_BODY = 64 * 1024;
const PASSED_ON = ['content-type', 'content-length', 'transfer-encoding', 'api-version'];

/** A call that comes in: its line and headers. */
export type Asked = Pick<IncomingMessage, 'method' | 'url' | 'headers'>;

/** Asks the engine itself for a description. */
export type Look = (path: string) => Promise<{ status: number; body: unknown }>;

/** The call to send on, or the status of the answer if it is refused. */
export type Judge = (asked: Asked, body: string, look: Look) => Promise<Allowed | 401 | 403>;

/** A certificate and its key, in PEM. */
export interface Tls {
  cert: string;
  key: string;
}

/**
 * A server before an engine's socket, which sends on to it only what `judge` allows, as `judge` has
 * rebuilt it. With `tls` it speaks HTTPS.
 */
export function engineProxy(socketPath: string, judge: Judge, tls?: Tls): Server {
  const engine = (asked: { method: string; path: string }, headers = {}): ClientRequest =>
    request({ socketPath, ...asked, headers: { Host: 'docker', ...headers } });

  async function look(path: string): Promise<{ status: number; body: unknown }> {
    const answer = await answerTo(engine({ method: 'GET', path }).end());
    return { status: answer.statusCode!, body: await json(answer) };
  }

  const send = ({ method, path, body }: Allowed, headers = {}): ClientRequest => {
    const bytes = body === undefined ? '' : JSON.stringify(body);
    const typed = bytes === '' ? {} : { 'Content-Type': 'application/json' };
    const asked = engine(
      { method, path },
      { ...typed, 'Content-Length': Buffer.byteLength(bytes), ...headers },
    );
    return asked.end(bytes);
  };

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const allowed = await judge(incoming, await text(limited(incoming)), look);
    if (typeof allowed === 'number')
      return void response
        .writeHead(allowed, { 'Content-Type': 'application/json' })
        .end('{"message":"refused by holdfast docker-proxy"}');
    const { header } = allowed;
    const given = header === null ? undefined : incoming.headers[header];
    const asked = send(allowed, given === undefined ? {} : { [header!]: given });
    response.on('close', () => asked.destroy());
    const answer = await answerTo(asked);
    const headers = Object.entries(answer.headers).filter(([name]) => PASSED_ON.includes(name));
    answer.pipe(response.writeHead(answer.statusCode!, Object.fromEntries(headers)));
  }

  async function hijack(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<void> {
    const body = await bodyOf(incoming, socket, head);
    const allowed = await judge(incoming, body, look);
    if (typeof allowed === 'number')
      return void socket.end(
        `HTTP/1.1 ${allowed} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
    const asked = send(allowed, { Connection: 'Upgrade', Upgrade: 'tcp' });
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      asked.on('upgrade', (upgraded: IncomingMessage, stream: Duplex, first: Buffer) => {
        socket.write(
          'HTTP/1.1 101 UPGRADED\r\nContent-Type: ' +
            'application/vnd.docker.raw-stream\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
        );
        socket.write(first);
        join(socket, stream);
        resolve(upgraded);
      });
      asked.on('response', resolve).on('error', reject);
    });
    if (answer.statusCode !== 101)
      socket.end(
        `HTTP/1.1 ${answer.statusCode} Refused\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`,
      );
  }

  const listener = (incoming: IncomingMessage, response: ServerResponse): void => {
    serve(incoming, response).catch(() =>
      response.headersSent ? response.destroy() : response.writeHead(502).end(),
    );
  };
  // A client without input says so at once, and goes on reading; HTTP keeps such connections anyway.
  const server = tls
    ? createTlsServer({ ...tls, allowHalfOpen: true }, listener)
    : createServer(listener);
  server.on('upgrade', (incoming: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on('error', () => socket.destroy());
    hijack(incoming, socket, head).catch(() => socket.destroy());
  });
  return server;
}

function answerTo(asked: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => asked.on('response', resolve).on('error', reject));
}

/** Pipes both ways until either side has closed; all that it sent still arrives. */
function join(a: Duplex, b: Duplex): void {
  for (const [from, to] of [
    [a, b],
    [b, a],
  ] as const) {
    from.on('error', () => to.destroy());
    from.on('close', () => (from.readableEnded ? to.end(() => to.destroy()) : to.destroy()));
    from.pipe(to);
  }
}

async function* limited(incoming: IncomingMessage): AsyncGenerator<Buffer> {
  let size = 0;
  for await (const part of incoming as AsyncIterable<Buffer>) {
    if ((size += part.length) > LARGEST_BODY) throw new Error('The body is too large.');
    yield part;
  }
}

/**
 * The body of a request whose connection is being taken over. Node 26 has parsed it, and leaves the
 * stream to the socket; older ones have read the head only, and leave the body to it too.
 */
async function bodyOf(incoming: IncomingMessage, socket: Duplex, head: Buffer): Promise<string> {
  const parsed = await text(limited(incoming));
  const length = Number(incoming.headers['content-length'] ?? 0) - Buffer.byteLength(parsed);
  return parsed + (await firstBytes(socket, head, Math.max(0, length)));
}

async function firstBytes(socket: Duplex, head: Buffer, length: number): Promise<string> {
  if (!(length <= LARGEST_BODY)) throw new Error('The body is too large.');
  let got = head;
  while (got.length < length) {
    const part = socket.read() as Buffer | null;
    if (part !== null) got = Buffer.concat([got, part]);
    else if (socket.readableEnded) throw new Error('The caller has disconnected.');
    else await Promise.race([once(socket, 'readable'), once(socket, 'end')]);
  }
  if (got.length > length) socket.unshift(got.subarray(length));
  return got.subarray(0, length).toString();
}
