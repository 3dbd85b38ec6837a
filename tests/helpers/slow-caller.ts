import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** A connection on which a test says what it likes, byte by byte. */
export class SlowCaller {
  /** Everything answered so far. */
  heard = '';
  private readonly cut: Promise<void>;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8').on('data', (text: string) => (this.heard += text));
    socket.on('error', () => undefined);
    // Not by `once`, which would reject where a byte comes too late: that is a cut, too.
    this.cut = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  static async connect(url: string): Promise<SlowCaller> {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    await once(socket, 'connect');
    return new SlowCaller(socket);
  }

  say(text: string): void {
    this.socket.write(text);
  }

  /** Sends a byte every so many ms, as long as the server listens. */
  dribble(text: string, everyMs: number): void {
    let at = 0;
    const timer = setInterval(() => this.socket.write(text[at++ % text.length]!), everyMs);
    void this.cut.then(() => clearInterval(timer));
  }

  /** Resolves when the server has closed the connection, with its answer until then. */
  async closed(): Promise<string> {
    await this.cut;
    return this.heard;
  }

  /** Resolves when enough has been answered to match. */
  async hears(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.heard)) await once(this.socket, 'data');
  }

  hangUp(): void {
    this.socket.destroy();
  }
}
