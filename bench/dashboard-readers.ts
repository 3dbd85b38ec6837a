import { connect, type Socket } from 'node:net';

/** Asked of this process. */
export type Asked =
  /** Opens streams of the overview; answered when each has had all pools. */
  | { do: 'open'; url: string; heads: string[]; count: number }
  /** Closes them; answered with the messages and megabytes that came. */
  | { do: 'close' };

export interface Read {
  messages: number;
  megabytes: number;
}

const MESSAGE = Buffer.from('\nevent: ');
let sockets: Socket[] = [];
let read: Read = { messages: 0, megabytes: 0 };

function take(part: Buffer): void {
  read.megabytes += part.length / 1e6;
  for (let at = part.indexOf(MESSAGE); at >= 0; at = part.indexOf(MESSAGE, at + 1))
    read.messages += 1;
}

/** Opens a stream; `head`: the headers that show who reads. */
function open(url: URL, head: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(url.port), url.hostname);
    socket.write(
      `GET /v1/overview HTTP/1.1\r\nHost: ${url.host}\r\nAccept: text/event-stream\r\n${head}\r\n\r\n`,
    );
    socket.once('data', (part: Buffer) => {
      const status = part.toString('latin1', 9, 12);
      if (status === '200') resolve();
      else reject(new Error(`A stream was answered with ${status}.`));
    });
    socket.on('data', take).on('error', reject);
    sockets.push(socket);
  });
}

async function answerTo(asked: Asked): Promise<Read> {
  if (asked.do === 'open') {
    read = { messages: 0, megabytes: 0 };
    const { url, heads, count } = asked;
    for (let at = 0; at < count; at += 1) await open(new URL(url), heads[at % heads.length]!);
    return read;
  }
  for (const socket of sockets) socket.destroy();
  sockets = [];
  return read;
}

process.on('message', (asked: Asked) => {
  void answerTo(asked).then((answer) => process.send!({ answer }));
});
process.on('disconnect', () => process.exit());
