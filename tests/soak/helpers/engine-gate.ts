import { once } from 'node:events';
import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { temporaryDirectory } from '../../helpers/engine';

const ENGINE = (process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock').replace(/^unix:\/\//, '');
const ID = /\b[0-9a-f]{64}\b/g;

/**
 * Stands between one worker and the engine, and stops each of its steps until it is let go: every
 * request, the input of a command that runs in a container, and anything else that calls `step`.
 * Polling counts once.
 */
export class EngineGate {
  /** The worker's steps so far, in order. */
  readonly steps: string[] = [];
  private readonly sockets = new Set<Duplex>();
  private isCut = false;
  private armed: { nth: number; arrive: () => void; open: Promise<void> } | null = null;
  private last = '';

  private constructor(
    private readonly server: Server,
    readonly dockerHost: string,
    private readonly seesAnswers: boolean,
  ) {}

  /** `answers`: each answer on its way back is a step too. */
  static async open({ answers = false } = {}): Promise<EngineGate> {
    const path = join(temporaryDirectory(), 'gate.sock');
    const server = createServer();
    const gate = new EngineGate(server, `unix://${path}`, answers);
    server.on(
      'request',
      (asked: IncomingMessage, answer: ServerResponse) =>
        void gate.pass(asked, answer).catch(() => answer.destroy()),
    );
    server.on(
      'upgrade',
      (asked: IncomingMessage, socket: Socket, head: Buffer) =>
        void gate.join(asked, socket, head).catch(() => socket.destroy()),
    );
    server.on('connection', (socket: Socket) => gate.keep(socket));
    await once(server.listen(path), 'listening');
    return gate;
  }

  /** Stops the `nth` step, counted from the first, and all that would follow. */
  hold(nth: number): { reached: Promise<void>; release: () => void } {
    let arrive = () => {};
    let release = () => {};
    const reached = new Promise<void>((resolve) => (arrive = resolve));
    const open = new Promise<void>((resolve) => (release = resolve));
    this.armed = { nth, arrive, open };
    return { reached, release };
  }

  /** A step of the worker: resolves when it may continue, rejects if it never will. */
  async step(name: string): Promise<void> {
    const { armed } = this;
    // A worker may have two requests under way; the second stands before its step, too.
    if (armed && this.steps.length >= armed.nth) await this.stand(armed.open);
    if (name !== this.last) this.steps.push(name);
    this.last = name;
    if (!armed || this.steps.length < armed.nth) return;
    armed.arrive();
    await this.stand(armed.open);
  }

  private async stand(open: Promise<void>): Promise<void> {
    await open;
    if (this.isCut) throw new Error('The worker is dead.');
  }

  /** Cuts every connection: the worker is dead, and its next request will never be made. */
  async close(): Promise<void> {
    if (this.isCut) return;
    this.isCut = true;
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
    await once(this.server, 'close');
  }

  private async pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const body = await buffer(asked);
    await this.step(nameOf(asked));
    const onward = request({
      socketPath: ENGINE,
      method: asked.method,
      path: asked.url,
      headers: asked.headers,
      agent: false,
    }).end(body);
    onward.on('error', () => answer.destroy());
    const [reply] = (await once(onward, 'response')) as [IncomingMessage];
    if (this.seesAnswers) await this.step(`answer to ${nameOf(asked)}`);
    reply.pipe(answer.writeHead(reply.statusCode!, reply.rawHeaders));
  }

  /** A command in a container: its start is one step, the first input to it another. */
  private async join(asked: IncomingMessage, socket: Socket, head: Buffer): Promise<void> {
    await this.step(nameOf(asked));
    const engine = this.keep(connect(ENGINE));
    const headers = asked.rawHeaders.flatMap((text, index, all) =>
      index % 2 === 0 ? [`${text}: ${all[index + 1]}`] : [],
    );
    engine.write(`${asked.method} ${asked.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
    // Node 26 has parsed the body of an upgrade request; older ones leave it on the socket.
    const body = await buffer(asked);
    engine.write(body);
    engine.pipe(socket);
    let missing = Number(asked.headers['content-length'] ?? 0) - body.length;
    const take = (words: Buffer): void => {
      engine.write(words.subarray(0, Math.max(missing, 0)));
      const rest = words.subarray(Math.max(missing, 0));
      missing -= words.length;
      if (rest.length === 0) return;
      socket.pause();
      const advance = () => {
        engine.write(rest);
        socket.pipe(engine);
      };
      this.step(`words to ${nameOf(asked)}`).then(advance, () => engine.destroy());
    };
    socket.on('data', take);
    if (head.length > 0) take(head);
  }

  private keep<T extends Duplex>(socket: T): T {
    this.sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => this.sockets.delete(socket));
    return socket;
  }
}

function nameOf({ method, url }: IncomingMessage): string {
  const path = url!.split('?')[0]!.replace(/^\/v[\d.]+(?=\/)/, '');
  return `${method} ${path
    .replace(ID, 'ID')
    .replace(/\/[a-z0-9-]+-[0-9a-f]{10}-\d+\//, '/NAME/')
    .replace(/holdfast-[0-9a-f]{10}$/, 'NAME')}`;
}
