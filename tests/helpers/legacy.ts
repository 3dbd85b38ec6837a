import type request from 'supertest';
import { parse, stringify } from 'yaml';
import { EXAMPLE_POOLS_FILE } from '../../src/pools-file/example';
import { JOB_NAMES, makeJob } from '../../src/service/jobs/jobs';
import { runJobLoop } from '../../src/service/jobs/job-loop';
import type { Sender } from '../../src/service/webhooks/sender';
import { until } from '../../src/service/wait-until';
import { DriverError } from '../../src/drivers/driver';
import type { EventType } from '../../src/domain/event';
import type { Scope } from '../../src/domain/people/user';
import { whenDone } from './cleanups';
import type { TestEngine } from './engine';
import { type Caller, TestServer, type TestServerOptions } from './server';

/** Longest wait for what the jobs are to bring about, in ms. */
const PATIENCE = 15_000;

export interface LegacyServerOptions extends TestServerOptions {
  mode: 'open' | 'guarded' | 'off';
  /** Who is answered in open mode; this machine by default. */
  openCidrs?: string[];
  /** The host names of open mode; this machine's by default. */
  hosts?: string[];
  /** False: nothing happens by itself. */
  jobs?: boolean;
}

/** Some pools of the built-in example. */
export function examplePools(...names: string[]): string {
  const { pools } = parse(EXAMPLE_POOLS_FILE) as { pools: { name: string }[] };
  return stringify({ pools: pools.filter(({ name }) => names.includes(name)) });
}

/**
 * The real app with the legacy APIs, over the built-in example by default, and the real jobs in this
 * process.
 */
export class LegacyServer {
  private constructor(
    readonly server: TestServer,
    private jobs: RunningJobs | null,
  ) {}

  static async start({
    mode,
    openCidrs = ['127.0.0.0/8', '::1'],
    hosts = ['localhost', '127.0.0.1'],
    jobs = true,
    pools = EXAMPLE_POOLS_FILE,
    ...rest
  }: LegacyServerOptions): Promise<LegacyServer> {
    const server = await TestServer.start({
      ...rest,
      pools,
      legacy: { mode, openCidrs, hosts },
    });
    const started = new LegacyServer(server, jobs ? new RunningJobs(server.test) : null);
    // Before its database is closed, on which the jobs would fail.
    whenDone(() => started.stop());
    return started;
  }

  get test(): TestEngine {
    return this.server.test;
  }

  /** Who shows no credential. */
  get anybody(): Caller {
    return this.server.anybody;
  }

  admin(): Promise<Caller> {
    return this.server.admin();
  }

  user(name: string, scopes?: Scope[]): Promise<Caller> {
    return this.server.user(name, scopes);
  }

  /** The secret of a new token of a caller, for APIs that want it in the query. */
  async tokenOf(caller: Caller, scopes: Scope[] = ['read', 'reserve']): Promise<string> {
    const { status, body } = await caller.post('/v1/tokens').send({ name: 'legacy', scopes });
    expect(status).toBe(201);
    return (body as { token: string }).token;
  }

  /** Lets time pass, and the jobs see it. */
  async after(ms: number): Promise<void> {
    this.test.clock.advance(ms);
    await this.test.engine.store.beat('test');
  }

  /** Waits for what the jobs are to bring about. */
  async until(what: string, check: () => Promise<boolean>): Promise<void> {
    if (await until(this.test.engine.store, check, PATIENCE)) return;
    const all = await this.test.engine.store.read.resources({}, { after: null, limit: 100 });
    const stuck = all
      .filter(({ resource: { status } }) => status !== 'available')
      .map(({ resource: { name, status, reason, nextOperation, dueAt } }) =>
        [name, status, reason, nextOperation, dueAt && dueAt - this.test.clock.at].join(' '),
      );
    throw new Error(`Never saw: ${what}; ${stuck.join('; ')}`);
  }

  /** From now on nothing happens by itself. */
  async stopJobs(): Promise<void> {
    await this.jobs?.stop();
    this.jobs = null;
  }

  async stop(): Promise<void> {
    await this.stopJobs();
    await this.server.stop();
  }
}

/** Webhooks of these tests are told nothing, and take everything. */
const NOWHERE: Sender = {
  send: async () => ({ status: 204, error: null, retryAfter: null }),
  close: async () => undefined,
};

/** What the worker threads of a server do, here. */
class RunningJobs {
  private readonly end = new AbortController();
  private readonly failures: unknown[] = [];
  private readonly going: Promise<void>[];

  constructor({ engine, drivers }: TestEngine) {
    // What a back end refuses belongs to the test; what breaks here does not.
    const note = (error: unknown) =>
      void (error instanceof DriverError || this.failures.push(error));
    const log = {
      info: () => undefined,
      warn: () => undefined,
      error: (fields: Record<string, unknown>) => note(fields.err),
    };
    this.going = JOB_NAMES.filter((name) => name !== 'prune').map((name) =>
      runJobLoop(
        name,
        makeJob(name, {
          engine,
          drivers,
          worker: `test-${name}`,
          log,
          sender: async () => NOWHERE,
        }),
        engine.store,
        this.end.signal,
        note,
      ),
    );
  }

  async stop(): Promise<void> {
    this.end.abort();
    await Promise.all(this.going);
    expect(this.failures).toEqual([]);
  }
}

/** Tests on one server, which is there from the first of them to the last. */
export function describeServer(
  name: string,
  options: LegacyServerOptions,
  tests: (server: () => LegacyServer) => void,
): void {
  describe(name, () => {
    let server: LegacyServer;
    beforeAll(async () => (server = await LegacyServer.start(options)));
    afterAll(() => server.stop());
    tests(() => server);
  });
}

/** The ways in which open mode may be called from where it should not answer. */
export const INTRUSIONS: [string, Record<string, string>][] = [
  ['a foreign host name', { Host: 'holdfast.attacker.example' }],
  ['another web site, by Origin', { Origin: 'https://attacker.example' }],
  ['another web site, by Sec-Fetch-Site', { 'Sec-Fetch-Site': 'cross-site' }],
  ['another port of its own host', { Host: 'localhost:8080', Origin: 'http://localhost:9000' }],
  ['another scheme of its own host', { Host: 'localhost:8080', Origin: 'https://localhost:8080' }],
  ['a sandboxed page', { Origin: 'null' }],
];

/** What workers report, whoever calls meanwhile. */
export const REPORTS: EventType[] = [
  'resource.status',
  'resource.rotated',
  'resource.failed',
  'resource.returned',
];

/** The call fails with this status, and nothing is written. */
export async function expectRefused(
  server: LegacyServer,
  call: request.Test,
  status: number,
): Promise<request.Response> {
  const { read } = server.test.engine.store;
  const before = await read.lastSeq();
  const answer = await call;
  expect({ status: answer.status, body: answer.body as unknown }).toMatchObject({ status });
  expect(
    (await read.eventsAfter(before, 1000)).filter(({ type }) => !REPORTS.includes(type)),
  ).toEqual([]);
  return answer;
}
