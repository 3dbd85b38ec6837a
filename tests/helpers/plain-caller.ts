import { Agent, request } from 'node:http';

/** A call exactly as it is sent; the path may be one that no client would write. */
export interface PlainCall {
  method: string;
  /** With its query. */
  path: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
}

export interface PlainAnswer {
  status: number;
  /** Content-Type; empty without one. */
  type: string;
  text: string;
}

/** Sends calls as they are, on connections that are kept; `close` ends them. */
export class PlainCaller {
  private readonly agent = new Agent({ keepAlive: true });

  close(): void {
    this.agent.destroy();
  }

  /** Of a stream of events, which does not end, the first piece is the text. */
  send(url: string, { method, path, headers = {}, body }: PlainCall): Promise<PlainAnswer> {
    const { hostname, port } = new URL(url);
    const length = body === undefined ? {} : { 'Content-Length': Buffer.byteLength(body) };
    const options = {
      agent: this.agent,
      hostname,
      port,
      method: method.toUpperCase(),
      path,
      headers: { ...length, ...headers },
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(options, (response) => {
        const parts: Buffer[] = [];
        const type = response.headers['content-type'] ?? '';
        const done = () =>
          resolve({ status: response.statusCode!, type, text: Buffer.concat(parts).toString() });
        response.on('data', (part: Buffer) => {
          parts.push(part);
          if (!type.startsWith('text/event-stream')) return;
          done();
          response.destroy();
        });
        response.on('end', done);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}

/** The call as a line for a shell; `url` is where the server would be. */
export function curlOf({ method, path, headers = {}, body }: PlainCall, url: string): string {
  const parts = ['curl', '-i', '-X', method.toUpperCase(), quoted(`${url}${path}`)];
  for (const [name, value] of Object.entries(headers))
    parts.push('-H', quoted(`${name}: ${value}`));
  if (body !== undefined) parts.push('--data-binary', quoted(String(body)));
  return parts.join(' ');
}

/** In single quotes, or in the quotes of bash that spell characters which nobody sees. */
function quoted(text: string): string {
  if (/^[\x20-\x7e]*$/.test(text)) return `'${text.replaceAll("'", `'\\''`)}'`;
  const spelled = [...Buffer.from(text)].map((byte) =>
    byte < 0x20 || byte > 0x7e || byte === 0x27 || byte === 0x5c
      ? `\\x${byte.toString(16).padStart(2, '0')}`
      : String.fromCharCode(byte),
  );
  return `$'${spelled.join('')}'`;
}
