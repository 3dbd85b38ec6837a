import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook as Verifier } from 'standardwebhooks';

/** `silent` accepts calls and never answers; `refusing` has no one at its port. */
export type Kind = 'good' | 'silent' | 'refusing';

/** Asked of this process. */
export type Asked =
  | { do: 'open'; kinds: Kind[] }
  /** The secret of each receiver, in order. */
  | { do: 'trust'; secrets: string[] }
  /** The events that each good receiver has to have; answered when they are there, or in time. */
  | { do: 'check'; expected: number[]; within: number };

/** How the good receivers fared. */
export interface Found {
  lost: number;
  /** With a signature that is wrong, or before an earlier event of the reservation. */
  wrong: number;
  deliveries: number;
  /** From the event's time to its arrival, in ms; in the order of events. */
  delays: number[];
}

class Receiver {
  /** The delay of each event that it got, in ms. */
  readonly delays = new Map<number, number>();
  wrong = 0;
  secret = '';
  private readonly last = new Map<string, number>();
  private server!: Server;

  constructor(readonly kind: Kind) {}

  async open(): Promise<string> {
    this.server = createServer((request, response) => {
      if (this.kind === 'silent') return;
      let text = '';
      request.setEncoding('utf8').on('data', (part: string) => (text += part));
      request.on('end', () => {
        this.take(text, request);
        response.writeHead(204).end();
      });
    });
    this.server.listen(0, '127.0.0.1');
    await once(this.server, 'listening');
    const { port } = this.server.address() as AddressInfo;
    if (this.kind === 'refusing') this.close();
    return `http://127.0.0.1:${port}/`;
  }

  close(): void {
    this.server.close().closeAllConnections();
  }

  private take(text: string, { headers }: IncomingMessage): void {
    const arrived = Date.now();
    try {
      const event = new Verifier(this.secret).verify(text, headers as never) as Event;
      if (this.delays.has(event.seq)) return;
      this.delays.set(event.seq, arrived - Date.parse(event.at));
      if ((this.last.get(event.reservation) ?? 0) > event.seq) this.wrong += 1;
      this.last.set(event.reservation, event.seq);
    } catch {
      this.wrong += 1;
    }
  }
}

interface Event {
  seq: number;
  at: string;
  reservation: string;
}

let receivers: Receiver[] = [];

async function open(kinds: Kind[]): Promise<string[]> {
  for (const receiver of receivers) receiver.close();
  receivers = kinds.map((kind) => new Receiver(kind));
  return Promise.all(receivers.map((receiver) => receiver.open()));
}

async function check(expected: number[], within: number): Promise<Found> {
  const until = performance.now() + within;
  const good = receivers.filter(({ kind }) => kind === 'good');
  const isBehind = ({ delays }: Receiver) => expected.some((seq) => !delays.has(seq));
  while (good.some(isBehind) && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 100));
  const delays = expected.flatMap((seq) => good.flatMap((each) => each.delays.get(seq) ?? []));
  const lost = expected.length * good.length - delays.length;
  const wrong = good.reduce((sum, receiver) => sum + receiver.wrong, 0);
  return { lost, wrong, deliveries: delays.length, delays };
}

async function answerTo(asked: Asked): Promise<unknown> {
  if (asked.do === 'open') return open(asked.kinds);
  if (asked.do === 'check') return check(asked.expected, asked.within);
  receivers.forEach((receiver, index) => (receiver.secret = asked.secrets[index]!));
  return null;
}

process.on('message', (asked: Asked) => {
  void answerTo(asked).then((answer) => process.send!({ answer }));
});
process.on('disconnect', () => process.exit());
