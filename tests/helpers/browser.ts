import request from 'supertest';
import type { Caller } from './server';

/** What the browser of a page of ours sends over plain HTTP. */
const OF_PAGE = { 'User-Agent': 'Mozilla/5.0 (test)', 'X-Requested-With': 'holdfast' };

/** A browser that is signed in, and shows a page of this server. */
export class Browser {
  readonly headers: Record<string, string>;

  constructor(
    private readonly url: string,
    readonly cookie: string,
    headers: Record<string, string> = OF_PAGE,
  ) {
    this.headers = { ...headers, Cookie: cookie };
  }

  /** Signs in with the credential of a caller. */
  static async signIn(url: string, by: Caller): Promise<Browser> {
    const { status, headers } = await by.post('/v1/session').set(OF_PAGE);
    expect(status).toBe(201);
    const [cookie] = headers['set-cookie'] as unknown as string[];
    return new Browser(url, cookie!.split(';')[0]!);
  }

  /** The secret in its cookie. */
  get secret(): string {
    return this.cookie.slice(this.cookie.indexOf('=') + 1);
  }

  get(path: string): request.Test {
    return request(this.url).get(path).set(this.headers);
  }

  post(path: string): request.Test {
    return request(this.url).post(path).set(this.headers);
  }

  patch(path: string): request.Test {
    return request(this.url).patch(path).set(this.headers);
  }

  delete(path: string): request.Test {
    return request(this.url).delete(path).set(this.headers);
  }
}
