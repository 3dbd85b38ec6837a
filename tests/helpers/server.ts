import type { RequestListener, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import request from 'supertest';
import { passwords } from '../../src/crypto/passwords';
import { DomainError } from '../../src/domain/errors';
import type { Scope } from '../../src/domain/people/user';
import { createApp } from '../../src/http/app';
import type { PageFiles } from '../../src/http/pages';
import { Connections, type ConnectionLimits } from '../../src/http/connections';
import type { LegacyOptions } from '../../src/legacy';
import type { Rates } from '../../src/http/limits';
import { createTimedServer, type Timeouts } from '../../src/http/timeouts';
import type { Answer, Call, Route } from '../../src/http/route';
import { Agents } from '../../src/mcp/agents';
import { allRoutes } from '../../src/routes';
import { newId } from '../../src/ids';
import type { GithubSetup } from '../../src/service/people/github-sign-in';
import { createServices, type MetricsText, type Services } from '../../src/service/services';
import { judgeAnswers } from './answers';
import { whenDone } from './cleanups';
import { TestEngine, type TestEngineOptions } from './engine';

export const SETUP_TOKEN = 'hf_setup';
export const BUILD = { version: '1.2.3', commit: null, node: 'v20', sqlite: '3' };
export const PASSWORD = 'correct horse battery';

/** One line of the log. */
export interface Logged extends Record<string, unknown> {
  level: 'info' | 'warn' | 'error';
  message: string;
}

export interface TestServerOptions extends TestEngineOptions {
  legacy?: Partial<LegacyOptions>;
  rates?: Rates;
  maxBody?: number;
  publicUrl?: string;
  /** Express's `trust proxy`; none by default. */
  trustProxy?: number;
  /** How many connections may be open; no limit by default. */
  connections?: ConnectionLimits;
  /** How long slow callers are tolerated. */
  timeouts?: Timeouts;
  /** The files for browsers; by default no dashboard, and each page holds its name. */
  pages?: PageFiles;
  /** Sees every request before the app does. */
  onRequest?: RequestListener;
  /** The metrics that the API shows; none by default. */
  metrics?: MetricsText;
  /** How long a session of an agent may be idle, in ms; agents may call if it is given. */
  mcpIdle?: number;
  /** Sign-in with GitHub; off by default. */
  github?: GithubSetup;
}

/**
 * The real app over a real database, in this process, with a clock that the test sets. Every answer
 * is checked against the promises of its route: an undocumented status, field or error fails the
 * call with 500, and any 500 fails the test. As it is sent, it is checked against the API document.
 */
export class TestServer {
  readonly logged: Logged[] = [];
  readonly routes: Route[];
  readonly anybody: Caller;
  /** The sessions of agents, if they may call. */
  readonly sessions: Agents | null = null;
  private adminToken: string | null = null;
  private stopped = false;

  private constructor(
    readonly test: TestEngine,
    readonly services: Services,
    private readonly server: Server,
    options: TestServerOptions,
    connections: Connections | undefined,
  ) {
    const {
      legacy,
      rates,
      maxBody,
      publicUrl,
      trustProxy = false,
      pages = { page: (file) => Buffer.from(file), dashboard: () => [] },
      onRequest,
    } = options;
    const routes = allRoutes({
      build: BUILD,
      legacy: { mode: 'off', openCidrs: [], hosts: [], ...legacy },
      github: services.github !== null,
      metrics: services.metrics !== null,
      mcp: options.mcpIdle === undefined ? null : ['127.0.0.1', 'localhost'],
    });
    this.routes = routes;
    const app = createApp({
      routes: routes.map(promised),
      services,
      logger: this.logger(),
      newId,
      trustProxy,
      rates,
      maxBody,
      publicUrl,
      connections,
      pages,
    });
    if (options.mcpIdle !== undefined) {
      const onFault = (error: unknown) => this.logger().error({ err: error }, 'a tool failed');
      const sessions = new Agents({ app, version: '1', idle: options.mcpIdle, onFault });
      services.mcp = sessions;
      this.sessions = sessions;
    }
    if (onRequest) server.on('request', onRequest);
    server.on('request', judgeAnswers());
    server.on('request', app);
    this.anybody = new Caller(this.url);
  }

  static async start(options: TestServerOptions = {}): Promise<TestServer> {
    const test = await TestEngine.start(options);
    const services = createServices(
      test.engine,
      test.drivers,
      passwords(Buffer.alloc(32, 1), { cost: 4 }),
      SETUP_TOKEN,
      options.github,
    );
    services.metrics = options.metrics ?? null;
    await services.waiting.start();
    const server = createTimedServer(undefined, options.timeouts);
    const connections = options.connections && new Connections(options.connections);
    connections?.watch(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const started = new TestServer(test, services, server, options, connections);
    whenDone(() => started.stop());
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  /** The first admin, with a token of every scope but `secrets`. */
  async admin(): Promise<Caller> {
    this.adminToken ??= await this.setUp();
    return this.bearer(this.adminToken);
  }

  private async setUp(): Promise<string> {
    const { status, body } = await this.anybody
      .post('/v1/setup')
      .send({ setupToken: SETUP_TOKEN, name: 'Ada', email: 'ada@example.org', password: PASSWORD });
    expect(status).toBe(201);
    return body.token as string;
  }

  /** A user of this name, whose e-mail address is that name at example.org. */
  async user(name: string, scopes: Scope[] = ['read', 'reserve', 'self']): Promise<Caller> {
    return (await this.admin()).makes(name, scopes);
  }

  bearer(token: string, userId?: string): Caller {
    return Caller.bearer(this.url, token, userId);
  }

  basic(email: string, password: string): Caller {
    return Caller.basic(this.url, email, password);
  }

  async stop(): Promise<void> {
    if (this.stopped) return;
    this.stopped = true;
    await this.sessions?.stop();
    this.services.waiting.stop();
    await new Promise((resolve) => this.server.close(resolve).closeAllConnections());
    await this.test.stop();
    expect(this.logged.filter(({ level }) => level === 'error')).toEqual([]);
  }

  private logger() {
    const at = (level: Logged['level']) => (fields: Record<string, unknown>, message: string) =>
      void this.logged.push({ level, message, ...fields });
    return { info: at('info'), warn: at('warn'), error: at('error') };
  }
}

/** A caller. */
export class Caller {
  private readonly agent: ReturnType<typeof request>;

  constructor(
    private readonly url: string,
    readonly headers: Readonly<Record<string, string>> = {},
    readonly userId: string = '',
  ) {
    this.agent = request(url);
  }

  static bearer(url: string, token: string, userId?: string): Caller {
    return new Caller(url, { Authorization: `Bearer ${token}` }, userId);
  }

  static basic(url: string, email: string, password: string): Caller {
    const pair = Buffer.from(`${email}:${password}`).toString('base64');
    return new Caller(url, { Authorization: `Basic ${pair}` });
  }

  /** Makes a user of this name, as an admin, with a token of these scopes. */
  async makes(name: string, scopes: Scope[]): Promise<Caller> {
    const email = `${name}@example.org`;
    const made = await this.post('/v1/users').send({ name, email, password: PASSWORD });
    expect(made.status).toBe(201);
    const theirs = Caller.basic(this.url, email, PASSWORD).post('/v1/tokens');
    const { status, body } = await theirs.send({ name: 'test', scopes });
    expect(status).toBe(201);
    return Caller.bearer(this.url, body.token as string, made.body.id as string);
  }

  get(path: string): request.Test {
    return this.agent.get(path).set(this.headers);
  }

  post(path: string): request.Test {
    return this.agent.post(path).set(this.headers);
  }

  patch(path: string): request.Test {
    return this.agent.patch(path).set(this.headers);
  }

  delete(path: string): request.Test {
    return this.agent.delete(path).set(this.headers);
  }
}

/** The same route, which fails if it answers something it did not promise. */
function promised(route: Route): Route {
  return {
    ...route,
    handle: async (call: Call<never, never, never>) => {
      try {
        return kept(route, await route.handle(call));
      } catch (error) {
        const known =
          error instanceof DomainError &&
          (route.errors.includes(error.code) || error.code === 'busy');
        throw error instanceof DomainError && !known
          ? new Error(
              `${route.method} ${route.path} does not document ${error.code}: ${error.message}`,
            )
          : error;
      }
    },
  };
}

function kept(route: Route, answer: Answer): Answer {
  const promise = route.answers[answer.status];
  if (!promise) throw new Error(`${route.method} ${route.path} does not document ${answer.status}`);
  const type = answer.headers?.['Content-Type'];
  if (answer.stream) expect(promise.types).toContain(type?.split(';')[0]);
  // The schema drops what it does not know: then this differs.
  else if (promise.body) expect(promise.body.parse(answer.body)).toEqual(answer.body);
  return answer;
}

/** The shape of every problem. */
export function problem(status: number, code: string, field?: string): Record<string, unknown> {
  const text = expect.stringMatching(/.+/) as string;
  return {
    status,
    code,
    type: `urn:holdfast:problem:${code}`,
    title: text,
    detail: text,
    requestId: text,
    ...(field === undefined ? {} : { field }),
  };
}
