import http, { type IncomingMessage } from 'node:http';
import { whenDone } from './cleanups';

/** An event of a stream, as far as tests look at it. */
export interface Seen {
  seq: number;
  type: string;
  user: string | null;
}

/** A caller who reads a stream of events. */
export class Reader {
  text = '';
  ended = false;
  private news: () => void = () => undefined;

  private constructor(private readonly answer: IncomingMessage) {
    answer.setEncoding('utf8');
    answer.on('data', (piece: string) => {
      this.text += piece;
      this.news();
    });
    answer.on('close', () => {
      this.ended = true;
      this.news();
    });
    whenDone(() => void answer.destroy());
  }

  /** Opens a stream, with a token unless that is in `headers`; resolves once the server follows. */
  static async open(url: string, token: string, query = '', headers: object = {}): Promise<Reader> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const credential = token === '' ? {} : { Authorization: token };
      const all = { Accept: 'text/event-stream', ...credential, ...headers };
      http.get(`${url}/v1/events?${query}`, { headers: all }, resolve).on('error', reject);
    });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    const reader = new Reader(answer);
    await reader.until(() => reader.text.includes(': following'));
    return reader;
  }

  /** Waits until it has read something. */
  async until(isDone: () => boolean): Promise<void> {
    while (!isDone()) {
      if (this.ended) throw new Error(`The stream has ended: ${this.text}`);
      await new Promise<void>((resolve) => (this.news = resolve));
    }
  }

  async untilEnded(): Promise<void> {
    while (!this.ended) await new Promise<void>((resolve) => (this.news = resolve));
  }

  get events(): Seen[] {
    return [...this.text.matchAll(/^id: (\d+)\nevent: (\S+)\ndata: (.*)\n\n/gm)].map(
      ([, id, type, data]) => {
        const event = JSON.parse(data!) as Seen;
        expect([event.seq, event.type]).toEqual([Number(id), type]);
        return event;
      },
    );
  }

  close(): void {
    this.answer.destroy();
  }
}
