import { gunzipSync } from 'node:zlib';

/** Looks at a server like people who hold nothing there, and keeps every byte of its answers. */
export class Onlooker {
  readonly seen = new Map<string, Buffer>();

  constructor(private readonly url: string) {}

  /** Calls, and keeps the answer with its headers. */
  async look(
    what: string,
    path: string,
    {
      method = 'GET',
      token,
      headers = {},
      body,
    }: { method?: string; token?: string; headers?: Record<string, string>; body?: unknown } = {},
  ): Promise<{ status: number; text: string }> {
    const own = {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    };
    const response = await fetch(this.url + path, {
      method,
      headers: { ...own, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      redirect: 'manual',
    });
    const bytes = Buffer.from(await response.arrayBuffer());
    this.keep(
      `${what}: ${method} ${path.split('?')[0]!} ${response.status}`,
      JSON.stringify([...response.headers]),
      bytes,
    );
    return { status: response.status, text: bytes.toString() };
  }

  keep(what: string, ...parts: (string | Buffer)[]): void {
    this.seen.set(
      `${this.seen.size} ${what}`,
      Buffer.concat(parts.map((part) => unpacked(Buffer.from(part)))),
    );
  }
}

function unpacked(bytes: Buffer): Buffer {
  return bytes[0] === 0x1f && bytes[1] === 0x8b ? gunzipSync(bytes) : bytes;
}
