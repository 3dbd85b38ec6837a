import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { routes, type Answer } from './routes';
import type { World } from './world';

/** What befalls a request instead of, or besides, its answer. */
export type Mishap =
  /** An answer of this status, before anything has happened. */
  | { status: number; retryAfter?: string }
  /** The connection ends before anything has happened, or after it has. */
  | 'cut before'
  | 'cut after'
  /** No answer at all, until the client gives up. */
  | 'silent';

/** IBM Cloud on loopback: every endpoint at one address. */
export class IbmCloudServer {
  /** Asked before each request; by default nothing happens. */
  mishap: (request: { method: string; path: string }) => Mishap | null = () => null;
  /** Called before each request is answered: whoever polls does so then. */
  meanwhile: () => void = () => {};
  readonly requests: string[] = [];
  private readonly server = createServer((request, response) => void this.serve(request, response));

  constructor(readonly world: World) {}

  static async start(world: World): Promise<IbmCloudServer> {
    const made = new IbmCloudServer(world);
    await new Promise<void>((resolve) => made.server.listen(0, '127.0.0.1', resolve));
    return made;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = 'GET', url = '/' } = request;
    const body = await textOf(request);
    const { pathname: path, searchParams: query } = new URL(url, 'http://any.invalid');
    this.requests.push(`${method} ${path}`);
    const mishap = this.mishap({ method, path });
    if (mishap === 'silent') return;
    if (mishap === 'cut before') return void request.socket.destroy();
    this.meanwhile();
    if (mishap !== null && typeof mishap === 'object')
      return send(response, { status: mishap.status, body: {} }, mishap.retryAfter);
    const answer = routes(this.world, { method, path, query, body, headers: request.headers });
    if (mishap === 'cut after') return void request.socket.destroy();
    send(response, answer);
  }
}

async function textOf(request: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  return Buffer.concat(parts).toString('utf8');
}

function send(response: ServerResponse, { status, body }: Answer, retryAfter?: string): void {
  const text = body === undefined ? '' : JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  });
  response.end(text);
}
