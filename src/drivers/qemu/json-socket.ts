import { closeSync, constants, openSync } from 'node:fs';
import { connect as openSocket, type Socket } from 'node:net';
import { join } from 'node:path';
import { DriverError } from '../driver';

/** The longest line that is read, in bytes: a guest decides what its agent says. */
const LONGEST_LINE = 1024 * 1024;
/** The longest path of a socket that every system takes. */
const LONGEST_PATH = 100;

/**
 * A socket that carries one JSON value a line, as QEMU's monitor and its guest agent do. Lines that
 * are not JSON are skipped.
 */
export class JsonSocket {
  private rest = '';
  private readonly values: unknown[] = [];
  private readonly waiting: (() => void)[] = [];
  private end: Error | undefined;

  private constructor(private readonly socket: Socket) {
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.take(text));
    socket.on('error', (error) => this.finish(error));
    socket.on('close', () => this.finish(new Error('It hung up.')));
  }

  /**
   * Connects to the socket `name` in `folder`, however long its path is. Errors: those of the
   * system.
   */
  static open(folder: string, name: string): Promise<JsonSocket> {
    const path = join(folder, name);
    if (Buffer.byteLength(path) <= LONGEST_PATH) return connected(path);
    const directory = openSync(folder, constants.O_RDONLY | constants.O_DIRECTORY);
    return connected(`/proc/self/fd/${directory}/${name}`).finally(() => closeSync(directory));
  }

  /** Sends bytes as they are. */
  send(text: string | Buffer): void {
    this.socket.write(text);
  }

  /** The next value. Errors: DriverError (resource) if there is none before `signal` aborts. */
  async next(signal: AbortSignal): Promise<unknown> {
    while (this.values.length === 0) {
      if (signal.aborted) throw new DriverError('resource', 'The virtual machine did not answer.');
      if (this.end)
        throw new DriverError('resource', 'The virtual machine hung up.', { cause: this.end });
      await new Promise<void>((resolve) => {
        const wake = () => {
          signal.removeEventListener('abort', wake);
          resolve();
        };
        signal.addEventListener('abort', wake, { once: true });
        this.waiting.push(wake);
      });
    }
    return this.values.shift();
  }

  close(): void {
    this.socket.destroy();
  }

  static from(socket: Socket): JsonSocket {
    return new JsonSocket(socket);
  }

  private take(text: string): void {
    const lines = (this.rest + text).split('\n');
    this.rest = lines.pop()!;
    if (this.rest.length > LONGEST_LINE) this.socket.destroy(new Error('A line is too long.'));
    for (const line of lines) {
      try {
        this.values.push(JSON.parse(line));
      } catch {
        // A rest of what somebody before us did not wait for.
      }
    }
    this.wake();
  }

  private finish(error: Error): void {
    this.end ??= error;
    this.wake();
  }

  private wake(): void {
    for (const each of this.waiting.splice(0)) each();
  }
}

function connected(path: string): Promise<JsonSocket> {
  return new Promise((resolve, reject) => {
    const socket = openSocket(path);
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      resolve(JsonSocket.from(socket));
    });
  });
}
