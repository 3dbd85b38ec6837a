import type { Reservation } from '../../../src/client';
import type { FakeTime } from './fake-time';

/** One request, as it was sent. */
export interface Sent {
  method: string;
  path: string;
  headers: Record<string, string>;
  body: Record<string, unknown> | undefined;
  at: number;
}

const START = Date.parse('2026-01-01T00:00:00Z');

/** A server with one resource, on the same fake time as the client but by a clock of its own. */
export class FakeServer {
  readonly sent: Sent[] = [];
  /** Ms until an answer arrives. */
  delay = 0;
  /** True: nothing arrives here. */
  unreachable = false;
  /** Answers instead of this server; undefined: as usual. */
  answer: (sent: Sent) => Response | undefined = () => undefined;
  endsAt = Infinity;
  heartbeatBy = Infinity;
  ended: Reservation['endReason'] = null;
  private streams: ReadableStreamDefaultController<Uint8Array>[] = [];

  constructor(
    private readonly time: FakeTime,
    private readonly lease: { length: number; silence?: number },
  ) {}

  /** The number of requests of a kind, such as `POST /v1/reservations`. */
  count(method: string, path: RegExp): number {
    return this.sent.filter((sent) => sent.method === method && path.test(sent.path)).length;
  }

  readonly fetch = (async (input: string, init: RequestInit) => {
    const { pathname, search } = new URL(input);
    const sent: Sent = {
      method: init.method!,
      path: pathname + search,
      headers: init.headers as Record<string, string>,
      body: init.body === undefined ? undefined : (JSON.parse(init.body as string) as never),
      at: this.time.now,
    };
    if (this.unreachable) throw new TypeError('fetch failed');
    this.sent.push(sent);
    const response = this.answer(sent) ?? this.handle(sent, init.signal!);
    if (this.delay > 0) await this.delayed(init.signal!);
    return response;
  }) as typeof fetch;

  /** An admin ends the loan; whoever follows the events learns of it. */
  revoke(tell: boolean): void {
    this.ended = 'revoked';
    const data = { reservation: 'r1', seq: 7, data: { reason: 'revoked', detail: 'By Ada.' } };
    if (tell) this.write(`id: 7\nevent: reservation.ended\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** Writes into every open stream. */
  write(text: string): void {
    for (const stream of this.streams) stream.enqueue(new TextEncoder().encode(text));
  }

  /** Breaks every open stream. */
  breakStreams(): void {
    for (const stream of this.streams.splice(0)) stream.error(new TypeError('terminated'));
  }

  private handle({ method, path, body }: Sent, signal: AbortSignal): Response {
    if (path.startsWith('/v1/events')) return this.stream(signal);
    if (method === 'DELETE') return this.end();
    if (method === 'POST' && path === '/v1/reservations') this.begin();
    else if (this.isOver() && method !== 'GET') return refusal(409, 'lease_over');
    if (path.endsWith('/heartbeat')) this.hear();
    if (method === 'PATCH') this.endsAt += (body!.extendSeconds as number) * 1000;
    return Response.json(this.view(), { status: method === 'POST' ? 201 : 200 });
  }

  /** Lends the thing from now on. */
  begin(): void {
    this.endsAt = this.time.now + this.lease.length;
    this.hear();
  }

  private hear(): void {
    this.heartbeatBy = this.time.now + (this.lease.silence ?? Infinity);
  }

  /** Could somebody else be lent the thing by now? */
  isOver(): boolean {
    return this.ended !== null || this.time.now >= Math.min(this.endsAt, this.heartbeatBy);
  }

  private end(): Response {
    this.ended ??= 'released';
    return new Response(null, { status: 204 });
  }

  private stream(signal: AbortSignal): Response {
    const body = new ReadableStream<Uint8Array>({
      start: (controller) => {
        this.streams.push(controller);
        controller.enqueue(new TextEncoder().encode(': following\n\n'));
        signal.addEventListener('abort', () => {
          this.streams = this.streams.filter((each) => each !== controller);
        });
      },
    });
    return new Response(body, { headers: { 'Content-Type': 'text/event-stream' } });
  }

  private delayed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      this.time.timers.setTimeout(resolve, this.delay);
      signal.addEventListener('abort', () => reject(signal.reason as Error));
    });
  }

  private view(): unknown {
    const instant = (at: number) => (at === Infinity ? null : new Date(START + at).toISOString());
    return {
      id: 'r1',
      status: this.isOver() ? 'ended' : 'active',
      asOf: instant(this.time.now),
      startsAt: instant(0),
      endsAt: instant(this.endsAt),
      heartbeatBy: instant(this.heartbeatBy),
      endReason: this.ended,
      endDetail: null,
      resources: [{ name: 'lab-1', credentials: { password: 'secret' } }],
    };
  }
}

/** A problem as the server sends it. */
export function refusal(
  status: number,
  code: string,
  headers: Record<string, string> = {},
): Response {
  return Response.json({ code, status, detail: 'So.', requestId: 'q' }, { status, headers });
}
