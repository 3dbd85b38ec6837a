import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Verifier } from 'standardwebhooks';
import { whenDone } from './cleanups';

/** A message, once its signature was found to be right. */
export interface Got {
  id: string;
  body: { seq: number; type: string; reservation: string | null };
}

/** A receiver on this machine, and what it got so far. */
export class Receiver {
  readonly got: Got[] = [];
  secret = '';
  url = '';
  private wake = () => undefined as void;

  private constructor(private readonly answer: (res: ServerResponse, count: number) => void) {}

  static async start(
    answer: (res: ServerResponse, count: number) => void = (res) => void res.writeHead(204).end(),
  ): Promise<Receiver> {
    return new Receiver(answer).listen();
  }

  private async listen(): Promise<this> {
    const server = createServer((req, res) => {
      let text = '';
      req.on('data', (chunk: Buffer) => (text += chunk.toString()));
      req.on('end', () => {
        const body = new Verifier(this.secret).verify(text, req.headers as never) as Got['body'];
        const count = this.got.push({ id: String(req.headers['webhook-id']), body });
        this.answer(res, count);
        this.wake();
      });
    });
    whenDone(() => server.close().closeAllConnections());
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    this.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    return this;
  }

  /** Resolves when it got that many messages. */
  async has(count: number): Promise<void> {
    while (this.got.length < count) await new Promise<void>((resolve) => (this.wake = resolve));
  }

  get seqs(): number[] {
    return this.got.map(({ body }) => body.seq);
  }
}
