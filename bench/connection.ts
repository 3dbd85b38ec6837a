import { connect, type Socket } from 'node:net';
import type { Reply } from './servers';

const END_OF_HEAD = '\r\n\r\n';
const LENGTH = '\r\ncontent-length: ';

/**
 * One HTTP/1.1 connection, one call at a time, with no more than a call takes: on two cores what
 * the client costs is taken from the server with the jobs, but not from the one that has a core to
 * itself. `node:http` takes twice as much. Texts are ASCII, and every answer but a 204 has a
 * Content-Length (RFC 9112, 6.3).
 */
export class Connection {
  private readonly socket: Socket;
  private received = '';
  private answer: ((reply: Reply) => void) | null = null;
  private fail: (error: Error) => void = () => undefined;

  /** `authorization`: the header of every call; empty: none. */
  constructor(
    private readonly url: URL,
    private readonly authorization = '',
  ) {
    this.socket = connect(Number(url.port), url.hostname).setNoDelay(true).setEncoding('latin1');
    this.socket.on('data', (part: string) => this.take(part));
    this.socket.on('error', (error) => this.fail(error));
    this.socket.on('close', () => this.fail(new Error('The server has closed the connection.')));
  }

  /** Rejects where the connection breaks before the answer, and ever after. */
  call(method: string, path: string, body = ''): Promise<Reply> {
    const authorization = this.authorization && `Authorization: ${this.authorization}\r\n`;
    const content = body && `Content-Type: application/json\r\nContent-Length: ${body.length}\r\n`;
    return new Promise((resolve, reject) => {
      [this.answer, this.fail] = [resolve, reject];
      if (this.socket.destroyed) return reject(new Error('The connection is closed.'));
      this.socket.write(
        `${method} ${path} HTTP/1.1\r\nHost: ${this.url.host}\r\n${authorization}${content}\r\n${body}`,
      );
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private take(part: string): void {
    this.received += part;
    const head = this.received.indexOf(END_OF_HEAD);
    if (head < 0) return;
    const begin = head + END_OF_HEAD.length;
    const status = Number(this.received.slice(9, 12));
    const end = begin + (status === 204 ? 0 : lengthIn(this.received.slice(0, head + 2)));
    if (this.received.length < end) return;
    const { answer } = this;
    const body = this.received.slice(begin, end);
    [this.answer, this.received] = [null, this.received.slice(end)];
    answer?.({ status, body, location: undefined });
  }
}

function lengthIn(head: string): number {
  const low = head.toLowerCase();
  const at = low.indexOf(LENGTH);
  if (at < 0) throw new Error(`An answer without a length: ${head}`);
  return Number(low.slice(at + LENGTH.length, low.indexOf('\r\n', at + LENGTH.length)));
}
