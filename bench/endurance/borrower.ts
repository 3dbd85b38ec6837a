import { randomUUID } from 'node:crypto';
import type { Dice } from '../dice';
import { GaveUp, type Caller } from './caller';
import type { Ledger, ShownLoan } from './ledger';

const path = '/v1/reservations';

/**
 * How long a held answer is asked for at most, in seconds, and after how long a request in line
 * gives up by itself.
 */
const WAIT = 10;
export const GIVE_UP = 15;

/** How far the server's clock, which ignores steps of the wall clock, may be from ours, in ms. */
const CLOCKS = 200;

/** What is asked for, as the API takes it. */
export interface Wish {
  items: object[];
  durationSeconds?: number;
}

/** One user's calls about reservations, entered into the ledger. */
export class Borrower {
  constructor(
    readonly caller: Caller,
    readonly dice: Dice,
    private readonly ledger: Ledger,
  ) {}

  fault(what: string): void {
    this.caller.book.fault(what);
  }

  /**
   * Asks and waits for it, if it must be for longer than an answer is held. Throws GaveUp where it
   * is not served.
   */
  async borrow(wish: Wish, since?: number, key: string = randomUUID()): Promise<ShownLoan> {
    let { body } = await this.caller.call<ShownLoan>(
      'POST /v1/reservations?wait',
      `${path}?wait=${WAIT}`,
      { expect: [201, 202], body: { queueTimeoutSeconds: GIVE_UP, ...wish }, key, since },
    );
    while (body.status === 'queued' || body.status === 'preparing')
      body = await this.waitFor(body.id);
    return this.held(body);
  }

  /** Asks; returns what it is at once. */
  async ask(wish: Wish, since?: number, key: string = randomUUID()): Promise<ShownLoan> {
    const { body } = await this.caller.call<ShownLoan>('POST /v1/reservations', path, {
      expect: [201, 202],
      body: { queueTimeoutSeconds: GIVE_UP, ...wish },
      key,
      since,
    });
    if (body.status === 'active') this.ledger.seen(body);
    return body;
  }

  async waitFor(id: string): Promise<ShownLoan> {
    const { body } = await this.caller.call<ShownLoan>(
      'GET /v1/reservations/{id}?wait',
      `${path}/${id}?wait=${WAIT}`,
      { expect: [200] },
    );
    return body;
  }

  async look(id: string): Promise<ShownLoan> {
    const { body } = await this.caller.call<ShownLoan>(
      'GET /v1/reservations/{id}',
      `${path}/${id}`,
      {
        expect: [200],
      },
    );
    return body;
  }

  /** Returns the lease as it is after the extension. */
  async extend({ id }: ShownLoan, seconds: number): Promise<ShownLoan> {
    const { body } = await this.caller.call<ShownLoan>(
      'PATCH /v1/reservations/{id}',
      `${path}/${id}`,
      {
        expect: [200],
        body: { extendSeconds: seconds },
      },
    );
    return this.held(body);
  }

  /**
   * Returns the lease as it is then. Throws GaveUp where this machine was so busy that the beat
   * came too late.
   */
  async beat({ id, heartbeatBy }: ShownLoan): Promise<ShownLoan> {
    const { status, body } = await this.caller.call<ShownLoan>(
      'POST /v1/reservations/{id}/heartbeat',
      `${path}/${id}/heartbeat`,
      { expect: [200, 409] },
    );
    if (status === 200) return this.held(body);
    if (Date.now() < Date.parse(heartbeatBy!) - CLOCKS)
      this.fault(`${id} was over before its heartbeat was due, ${heartbeatBy}`);
    throw new GaveUp();
  }

  /** Ends it in whatever state it is. */
  async release(shown: ShownLoan): Promise<void> {
    this.ledger.freeing(shown);
    await this.caller.call('DELETE /v1/reservations/{id}', `${path}/${shown.id}`, {
      expect: [204],
    });
  }

  /** Shown as active: it is ours. Throws GaveUp where it has ended instead. */
  held(shown: ShownLoan): ShownLoan {
    if (shown.status !== 'active') throw new GaveUp();
    this.ledger.seen(shown);
    return shown;
  }
}
