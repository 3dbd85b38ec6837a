import {
  createServer,
  request,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http';
import { listenOnAnyPort } from '../../helpers/chromium';
import { pause, type Dice } from './soak';

/** How often each fault strikes, out of 1,000 calls. */
export type Faults = Record<'refuse' | 'drop' | 'tear' | 'duplicate' | 'reorder' | 'stall', number>;

/** The longest time by which a call is put out of order, in ms. */
const REORDERED = 300;
/** For so long one stalls: longer than the client waits for an answer, in ms. */
const STALLED = 30_000;

/** A network between a client and a server, which loses, repeats and holds back at random. */
export class FaultyProxy {
  readonly struck: Record<string, number> = {};
  /** False: everything passes. */
  faulty = true;

  private constructor(
    private readonly target: string,
    private readonly faults: Faults,
    private readonly dice: Dice,
    readonly url: string,
    server: Server,
  ) {
    server.on('request', (asked: IncomingMessage, answer: ServerResponse) => {
      void this.pass(asked, answer).catch(() => answer.destroy());
    });
  }

  static async start(target: string, faults: Faults, dice: Dice): Promise<FaultyProxy> {
    const server = createServer();
    const url = `http://127.0.0.1:${await listenOnAnyPort(server)}`;
    return new FaultyProxy(target, faults, dice, url, server);
  }

  private strikes(fault: keyof Faults): boolean {
    if (!this.faulty || this.dice.between(1, 1_000) > this.faults[fault]) return false;
    this.struck[fault] = (this.struck[fault] ?? 0) + 1;
    return true;
  }

  private async pass(asked: IncomingMessage, answer: ServerResponse): Promise<void> {
    const pieces: Buffer[] = [];
    for await (const piece of asked) pieces.push(piece as Buffer);
    const body = Buffer.concat(pieces);
    if (this.strikes('refuse')) return void answer.destroy();
    // On either side: before the server hears of it, or after; or in the middle of the answer.
    if (this.strikes('stall')) await pause(STALLED);
    if (this.strikes('reorder')) await pause(this.dice.between(1, REORDERED));
    if (this.strikes('duplicate'))
      void this.ask(asked, body).then(
        (response) => response.resume(),
        () => {},
      );
    const response = await this.ask(asked, body, answer);
    if (this.strikes('stall')) await pause(STALLED);
    if (this.strikes('drop')) return void answer.destroy(response.destroy() as never);
    answer.writeHead(response.statusCode!, response.headers);
    answer.flushHeaders();
    response.on('error', () => answer.destroy());
    if (this.strikes('stall')) await pause(STALLED);
    if (!this.strikes('tear')) return void response.pipe(answer);
    response.once('data', (piece: Buffer) => {
      answer.write(piece.subarray(0, piece.length / 2), () => answer.destroy());
      response.destroy();
    });
    response.once('end', () => answer.destroy());
  }

  /** Sends a call on; it is given up with the caller's connection if there is one. */
  private ask(
    { method, url, headers }: IncomingMessage,
    body: Buffer,
    caller?: ServerResponse,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const sent = request(this.target + url!, { method, headers }, resolve);
      sent.on('error', reject);
      caller?.on('close', () => sent.destroy());
      sent.end(body);
    });
  }
}
