import { createHash, randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createGithub } from '../../src/github/github';
import type { GithubSetup } from '../../src/service/people/github-sign-in';
import type { TestClock } from './engine';

/** An OAuth app as registered. */
export const APP = {
  clientId: 'Iv1.holdfast',
  clientSecret: 'app-secret',
  callback: 'http://holdfast.test/v1/auth/github/callback',
};

/** A GitHub account. */
export interface Account {
  id: number;
  login: string;
  name: string | null;
  emails: { email: string; primary: boolean; verified: boolean; visibility: string | null }[];
  keys: string[];
  orgs: string[];
}

/** An account with a verified primary address, without keys and organisations. */
export function account(id: number, login: string, more: Partial<Account> = {}): Account {
  return {
    id,
    login,
    name: null,
    emails: [address(`${login.toLowerCase()}@example.org`)],
    keys: [],
    orgs: [],
    ...more,
  };
}

export function address(
  email: string,
  { primary = true, verified = true } = {},
): Account['emails'][number] {
  return { email, primary, verified, visibility: 'private' };
}

interface Grant {
  who: Account;
  scope: string;
}

interface Code extends Grant {
  challenge: string;
  redirectUri: string;
  until: number;
}

interface Device {
  deviceCode: string;
  userCode: string;
  scope: string;
  interval: number;
  askedAt: number;
  until: number;
  answer: Account | 'declined' | null;
}

interface Fault {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** A call made to GitHub. */
export interface Asked {
  method: string;
  path: string;
  requestId: string | undefined;
}

const servers: FakeGithub[] = [];

afterAll(async () => {
  for (const server of servers.splice(0)) await server.stop();
});

/**
 * A server that speaks GitHub's endpoints as documented, with their errors:
 * https://docs.github.com/en/apps/oauth-apps/building-oauth-apps/authorizing-oauth-apps and the
 * REST API of users.
 */
export class FakeGithub {
  readonly asked: Asked[] = [];
  /** Access tokens and device codes, which an app keeps to itself. */
  readonly issued: string[] = [];
  /** Entries per page at most. */
  pageSize = 100;
  private readonly codes = new Map<string, Code>();
  private readonly tokens = new Map<string, Grant>();
  private readonly devices: Device[] = [];
  private readonly faults = new Map<string, Fault[]>();

  private constructor(
    private readonly server: Server,
    readonly clock: TestClock,
  ) {}

  static async start(clock: TestClock): Promise<FakeGithub> {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const github = new FakeGithub(server, clock);
    server.on('request', (request, response) => void github.serve(request, response));
    servers.push(github);
    return github;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** How one of our servers signs people in here. */
  setup(orgs: string[] = [], app: Partial<typeof APP> = {}): GithubSetup {
    const settings = { ...APP, ...app };
    return {
      github: createGithub({ url: this.url, ...settings, withOrgs: orgs.length > 0 }),
      orgs,
      callback: settings.callback,
    };
  }

  /** The next call of this path ends like this. */
  failNext(path: string, fault: Fault): void {
    this.faults.set(path, [...(this.faults.get(path) ?? []), fault]);
  }

  /**
   * Someone agrees, or declines, on the page to which the browser was sent; gives where it is sent
   * back to.
   */
  browse(location: string, who: Account | 'declines'): URL {
    const page = new URL(location);
    const {
      client_id,
      redirect_uri = APP.callback,
      scope = '',
      state = '',
      code_challenge = '',
      code_challenge_method,
    } = Object.fromEntries(page.searchParams);
    expect({ origin: page.origin, path: page.pathname, client_id }).toEqual({
      origin: this.url,
      path: '/login/oauth/authorize',
      client_id: APP.clientId,
    });
    expect({ redirect_uri, code_challenge_method, length: code_challenge.length }).toEqual({
      redirect_uri: APP.callback,
      code_challenge_method: 'S256',
      length: 43,
    });
    const back = new URL(redirect_uri);
    back.searchParams.set('state', state);
    if (who === 'declines') {
      const error = {
        error: 'access_denied',
        error_description: 'The user has denied your application access.',
        error_uri: 'https://docs.github.com/',
      };
      for (const [name, value] of Object.entries(error)) back.searchParams.set(name, value);
      return back;
    }
    const code = randomBytes(10).toString('hex');
    this.codes.set(code, {
      who,
      scope,
      challenge: code_challenge,
      redirectUri: redirect_uri,
      until: this.clock.now() + 600_000,
    });
    back.searchParams.set('code', code);
    return back;
  }

  /** Someone types a code at `verificationUri`. */
  typeIn(userCode: string, who: Account | 'declined'): void {
    this.devices.find((device) => device.userCode === userCode)!.answer = who;
  }

  async stop(): Promise<void> {
    await new Promise((resolve) => this.server.close(resolve).closeAllConnections());
  }

  private async serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url!, this.url);
    this.asked.push({
      method: request.method!,
      path: url.pathname,
      requestId: request.headers['x-request-id'] as string | undefined,
    });
    const answer = (status: number, body: unknown, headers: Record<string, string> = {}) =>
      void response
        .writeHead(status, { 'Content-Type': 'application/json; charset=utf-8', ...headers })
        .end(typeof body === 'string' ? body : JSON.stringify(body));
    const fault = this.faults.get(url.pathname)?.shift();
    if (fault?.status === 0) return void request.socket.destroy();
    if (fault) return answer(fault.status, fault.body ?? { message: 'no' }, fault.headers);
    if (!request.headers['user-agent'])
      return answer(403, { message: 'Request forbidden by administrative rules.' });
    const form = Object.fromEntries(new URLSearchParams(await textOf(request)));
    const route = `${request.method} ${url.pathname}`;
    if (route === 'POST /login/oauth/access_token') return answer(200, this.accessToken(form));
    if (route === 'POST /login/device/code')
      return answer(form.client_id === APP.clientId ? 200 : 404, this.deviceCode(form));
    const [, list] = /^GET \/api\/v3(\/user(?:\/\w+)?)$/.exec(route) ?? [];
    if (list !== undefined) return this.api(list, url, request, answer);
    answer(404, { error: 'Not Found' });
  }

  private accessToken({
    client_id,
    client_secret,
    code = '',
    code_verifier = '',
    redirect_uri,
    grant_type,
    device_code,
  }: Record<string, string>) {
    if (client_id !== APP.clientId) return { error: 'incorrect_client_credentials' };
    if (grant_type === 'urn:ietf:params:oauth:grant-type:device_code')
      return this.deviceToken(device_code!);
    if (client_secret !== APP.clientSecret) return { error: 'incorrect_client_credentials' };
    const known = this.codes.get(code);
    this.codes.delete(code);
    const challenge = createHash('sha256').update(code_verifier).digest('base64url');
    if (!known || known.until <= this.clock.now() || known.challenge !== challenge)
      return { error: 'bad_verification_code' };
    if (known.redirectUri !== redirect_uri) return { error: 'redirect_uri_mismatch' };
    return this.token(known);
  }

  private token({ who, scope }: Grant) {
    const token = `gho_${randomBytes(18).toString('hex')}`;
    this.tokens.set(token, { who, scope });
    this.issued.push(token);
    return { access_token: token, token_type: 'bearer', scope: scope.replace(/ /g, ',') };
  }

  private deviceCode({ client_id, scope = '' }: Record<string, string>) {
    if (client_id !== APP.clientId) return { error: 'Not Found' };
    const device: Device = {
      deviceCode: randomBytes(20).toString('hex'),
      userCode: `${randomBytes(2).toString('hex')}-${randomBytes(2).toString('hex')}`.toUpperCase(),
      ...{
        scope,
        interval: 5,
        askedAt: this.clock.now(),
        until: this.clock.now() + 900_000,
        answer: null,
      },
    };
    this.devices.push(device);
    this.issued.push(device.deviceCode);
    return {
      device_code: device.deviceCode,
      user_code: device.userCode,
      verification_uri: `${this.url}/login/device`,
      expires_in: 900,
      interval: 5,
    };
  }

  private deviceToken(deviceCode: string) {
    const device = this.devices.find((each) => each.deviceCode === deviceCode);
    if (!device) return { error: 'incorrect_device_code' };
    if (device.until <= this.clock.now()) return { error: 'expired_token' };
    const early = this.clock.now() - device.askedAt < device.interval * 1000;
    device.askedAt = this.clock.now();
    if (early) return { error: 'slow_down', interval: (device.interval += 5) };
    if (device.answer === null) return { error: 'authorization_pending' };
    return device.answer === 'declined'
      ? { error: 'access_denied' }
      : this.token({ who: device.answer, scope: device.scope });
  }

  private api(
    path: string,
    url: URL,
    request: IncomingMessage,
    answer: (status: number, body: unknown, headers?: Record<string, string>) => void,
  ): void {
    const grant = this.tokens.get(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
    if (!grant) return answer(401, { message: 'Bad credentials' });
    const { who } = grant;
    if (path === '/user')
      return answer(200, { id: who.id, login: who.login, name: who.name, type: 'User' });
    const [scope, entries] = listsOf(who)[path] ?? ['none', []];
    if (!grant.scope.split(' ').includes(scope)) return answer(404, { message: 'Not Found' });
    const page = Number(url.searchParams.get('page') ?? 1);
    const size = Math.min(this.pageSize, Number(url.searchParams.get('per_page') ?? 30));
    const next = new URL(url);
    next.searchParams.set('page', String(page + 1));
    const more = entries.length > page * size;
    answer(
      200,
      entries.slice((page - 1) * size, page * size),
      more ? { Link: `<${this.url}/first>; rel="first", <${next.href}>; rel="next"` } : {},
    );
  }
}

/** Each list of the API with the scope that reveals it. */
function listsOf({
  emails,
  keys,
  orgs,
}: Account): Record<string, [scope: string, entries: unknown[]]> {
  return {
    '/user/emails': ['user:email', emails],
    '/user/keys': [
      'read:public_key',
      keys.map((key, id) => ({ id, key, title: 'laptop', verified: true })),
    ],
    '/user/orgs': ['read:org', orgs.map((login, id) => ({ id, login }))],
  };
}

async function textOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
