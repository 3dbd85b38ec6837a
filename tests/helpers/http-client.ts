import { expectDocumented } from './answers';

export interface Reply {
  status: number;
  headers: Headers;
  /** Parsed JSON; null for an empty body. */
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- untyped until a test looks
  body: any;
}

export interface Ask {
  token?: string;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Calls a running server like any client, and throws if it answers anything undocumented. */
export class HttpClient {
  constructor(private readonly url: string) {}

  get(path: string, ask: Ask = {}): Promise<Reply> {
    return this.call('GET', path, ask);
  }

  post(path: string, ask: Ask = {}): Promise<Reply> {
    return this.call('POST', path, ask);
  }

  patch(path: string, ask: Ask = {}): Promise<Reply> {
    return this.call('PATCH', path, ask);
  }

  delete(path: string, ask: Ask = {}): Promise<Reply> {
    return this.call('DELETE', path, ask);
  }

  private async call(
    method: string,
    path: string,
    { token, body, headers = {}, signal }: Ask,
  ): Promise<Reply> {
    const own = {
      ...(token === undefined ? {} : { Authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
    };
    const response = await fetch(this.url + path, {
      method,
      headers: { ...own, ...headers },
      body: body === undefined ? undefined : JSON.stringify(body),
      signal,
    });
    const text = await response.text();
    const { status } = response;
    const type = response.headers.get('content-type') ?? '';
    expectDocumented({ method, path, status, type, text });
    return {
      status: response.status,
      headers: response.headers,
      body: text === '' ? null : (JSON.parse(text) as unknown),
    };
  }
}
