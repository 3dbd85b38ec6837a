import { once } from 'node:events';
import http, { type IncomingMessage } from 'node:http';
import type { OverviewAnswer, PoolOverviewAnswer } from '../../src/api/overview';
import { whenDone } from './cleanups';

/** A message of the overview's stream. */
export interface Message {
  id: number;
  type: string;
  data: unknown;
}

/** A caller who follows the overview. */
export class OverviewReader {
  text = '';
  ended = false;
  private news: () => void = () => undefined;

  private constructor(readonly answer: IncomingMessage) {
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

  /** Opens a stream; resolves once it has all pools. */
  static async open(url: string, headers: object): Promise<OverviewReader> {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const all = { Accept: 'text/event-stream', ...headers };
      http.get(`${url}/v1/overview`, { headers: all }, resolve).on('error', reject);
    });
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([
      200,
      'text/event-stream; charset=utf-8',
    ]);
    const reader = new OverviewReader(answer);
    await reader.until(() => reader.messages.length > 0);
    return reader;
  }

  get messages(): Message[] {
    return [...this.text.matchAll(/^id: (\d+)\nevent: (\S+)\ndata: (.*)\n\n/gm)].map(
      ([, id, type, data]) => ({ id: Number(id), type: type!, data: JSON.parse(data!) as unknown }),
    );
  }

  /** The first message: all pools. */
  get all(): OverviewAnswer {
    expect(this.messages[0]!.type).toBe('overview');
    return this.messages[0]!.data as OverviewAnswer;
  }

  /** The pools of this name that were told after the first message. */
  pools(name: string): PoolOverviewAnswer[] {
    return this.of<PoolOverviewAnswer>('pool').filter((pool) => pool.name === name);
  }

  /** The data of all messages of a type. */
  of<Data>(type: string): Data[] {
    return this.messages.filter((each) => each.type === type).map(({ data }) => data as Data);
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

  /** Leaves; resolves when the connection is closed. */
  async close(): Promise<void> {
    const closed = once(this.answer, 'close');
    this.answer.destroy();
    await closed;
  }
}
