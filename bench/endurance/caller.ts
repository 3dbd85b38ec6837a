import type { Client, Reply } from '../servers';
import type { Book } from './book';

/** An answer, its JSON read. */
export interface Answer<T> {
  status: number;
  body: T;
  location: string | undefined;
}

export interface Ask {
  /** Statuses that are right here; everything else is a fault, but for 503 `busy`. */
  expect: number[];
  body?: unknown;
  key?: string;
  /**
   * Since when the caller waits, by `performance.now()`: when the call was due, if it could not be
   * made at once.
   */
  since?: number;
}

/** The call did not come to what the caller can go on from; it is in the book already. */
export class GaveUp extends Error {}

/** Somebody who calls with a token of their own, and has everything written down. */
export class Caller {
  constructor(
    private readonly client: Client,
    private readonly authorization: string,
    readonly book: Book,
  ) {}

  /** `route` is under what the time is written down. Throws GaveUp. */
  async call<T = unknown>(
    route: string,
    path: string,
    { expect, body, key, since = performance.now() }: Ask,
  ): Promise<Answer<T>> {
    const method = route.slice(0, route.indexOf(' '));
    const reply = await this.reply(route, method, path, body, key);
    this.book.answered(route, performance.now() - since);
    if (reply.status === 503 && reply.body.includes('"code":"busy"')) {
      this.book.wasBusy(route);
      throw new GaveUp();
    }
    // It waited for too long, as it would have with a GET.
    if (reply.status === 409 && reply.body.includes('"code":"not_served"')) throw new GaveUp();
    if (!expect.includes(reply.status)) {
      this.book.fault(`${route}: ${reply.status} ${reply.body.slice(0, 500)}`);
      throw new GaveUp();
    }
    return { ...reply, body: (reply.body === '' ? null : JSON.parse(reply.body)) as T };
  }

  /** Hangs up after so many ms, without an answer: that is no fault. */
  async hangUp(path: string, afterMs: number): Promise<void> {
    const signal = AbortSignal.timeout(afterMs);
    await this.client
      .send('GET', path, { headers: { Authorization: this.authorization }, signal })
      .catch((error: unknown) => {
        if (!signal.aborted) this.book.fault(`GET ${path}: not answered: ${String(error)}`);
      });
  }

  private reply(
    route: string,
    method: string,
    path: string,
    body: unknown,
    key: string | undefined,
  ): Promise<Reply> {
    const headers = {
      Authorization: this.authorization,
      ...(key === undefined ? {} : { 'Idempotency-Key': key }),
    };
    return this.client
      .send(method, path, {
        headers,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      .catch((error: unknown) => {
        this.book.fault(`${route}: not answered: ${String(error)}`);
        throw new GaveUp();
      });
  }
}
