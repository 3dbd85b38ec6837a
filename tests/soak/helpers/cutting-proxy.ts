import { connect, createServer, type Server, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';

/** A network between a command and the server that can be cut. */
export class CuttingProxy {
  private readonly sockets = new Set<Socket>();
  private isCut = false;

  private constructor(private readonly server: Server) {}

  static async start(target: () => string): Promise<CuttingProxy> {
    const server = createServer({ allowHalfOpen: false });
    const proxy = new CuttingProxy(server);
    server.on('connection', (near) => proxy.join(near, target()));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return proxy;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** From now on nothing passes: open connections are silent, new ones get no answer. */
  cut(): void {
    this.isCut = true;
    for (const socket of this.sockets) socket.unpipe().pause();
  }

  close(): void {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private join(near: Socket, target: string): void {
    const { hostname, port } = new URL(target);
    this.keep(near);
    if (this.isCut) return void near.pause();
    const far = connect(Number(port), hostname);
    this.keep(far);
    near.pipe(far).pipe(near);
    near.on('close', () => far.destroy());
    far.on('close', () => near.destroy());
  }

  private keep(socket: Socket): void {
    this.sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => this.sockets.delete(socket));
  }
}
