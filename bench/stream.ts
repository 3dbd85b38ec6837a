import { connect, type Socket } from 'node:net';

const END_OF_HEAD = '\r\n\r\n';
/** How long to wait before a connection is tried again, in ms, varied by as much. */
const PAUSE = 150;

/** A stream that a listener opens. */
export interface View {
  /** The header by which it shows who listens. */
  authorization: string;
  /** The query of `/v1/events`; empty: none. */
  query: string;
}

/** Told of a listener's events. */
export interface Ear {
  /** `text`: the block of the event. */
  onEvent: (seq: number, text: string) => void;
  /** The stream is open; also after each new connection. */
  onOpen: () => void;
}

/**
 * A listener on a plain socket, with no more than a stream takes: the client shares the processors
 * with the server that is measured. It connects again whenever it is cut, with the last id that it
 * was given.
 */
export class Stream {
  private socket!: Socket;
  private lastId = '';
  private isClosed = false;
  /** Bytes that are no whole chunk yet; null: the head of the answer is still to come. */
  private received = '';
  private isHead = true;
  /** Text that is no whole block yet. */
  private text = '';

  constructor(
    private readonly url: URL,
    private readonly view: View,
    private readonly ear: Ear,
  ) {
    this.open();
  }

  /** Breaks the connection off; another follows at once. */
  cut(): void {
    this.socket.destroy();
  }

  close(): void {
    this.isClosed = true;
    this.socket.destroy();
  }

  private open(): void {
    [this.received, this.text, this.isHead] = ['', '', true];
    const { authorization, query } = this.view;
    const id = this.lastId && `Last-Event-ID: ${this.lastId}\r\n`;
    this.socket = connect(Number(this.url.port), this.url.hostname).setEncoding('latin1');
    this.socket.write(
      `GET /v1/events?${query} HTTP/1.1\r\nHost: ${this.url.host}\r\n` +
        `Accept: text/event-stream\r\nAuthorization: ${authorization}\r\n${id}\r\n`,
    );
    this.socket.on('data', (part: string) => this.take(part));
    this.socket.on('error', () => undefined);
    this.socket.on('close', () => {
      if (!this.isClosed) setTimeout(() => this.open(), PAUSE * (1 + Math.random()));
    });
  }

  private take(part: string): void {
    this.received += part;
    if (this.isHead && !this.takeHead()) return;
    for (let chunk = this.nextChunk(); chunk !== null; chunk = this.nextChunk()) this.text += chunk;
    const end = this.text.lastIndexOf('\n\n');
    if (end < 0) return;
    const blocks = this.text.slice(0, end).split('\n\n');
    this.text = this.text.slice(end + 2);
    for (const block of blocks) this.takeBlock(block);
  }

  private takeHead(): boolean {
    const end = this.received.indexOf(END_OF_HEAD);
    if (end < 0) return false;
    const status = Number(this.received.slice(9, 12));
    // A server that is about to stop, or is starting, is asked again.
    if (status !== 200) this.socket.destroy();
    this.received = this.received.slice(end + END_OF_HEAD.length);
    this.isHead = false;
    return status === 200;
  }

  /** The next chunk of the body (RFC 9112, 7.1); null: it is not all there. */
  private nextChunk(): string | null {
    const line = this.received.indexOf('\r\n');
    if (line < 0) return null;
    const size = parseInt(this.received.slice(0, line), 16);
    const end = line + 2 + size;
    if (this.received.length < end + 2) return null;
    const chunk = this.received.slice(line + 2, end);
    this.received = this.received.slice(end + 2);
    return chunk;
  }

  private takeBlock(block: string): void {
    if (block.includes(': following')) this.ear.onOpen();
    const [, id] = /(?:^|\n)id: (\d+)/.exec(block) ?? [];
    if (id === undefined) return;
    this.lastId = id;
    if (block.includes('\ndata: ')) this.ear.onEvent(Number(id), block);
  }
}
