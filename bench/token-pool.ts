import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { passwords } from '../src/crypto/passwords';
import { hashToken } from '../src/crypto/tokens';
import { simulatedDriver } from '../src/drivers/simulated';
import type { DriverFactory } from '../src/drivers/driver';
import { createApp } from '../src/http/app';
import { allRoutes } from '../src/routes';
import { parsePoolsFile } from '../src/pools-file/parse';
import { Drivers } from '../src/service/lifecycle/drivers';
import type { Engine } from '../src/service/engine';
import { importResource } from '../src/service/pools/import-resource';
import { applyPoolsFile } from '../src/service/pools/pools-file';
import { Reservations } from '../src/service/loans/reservations';
import { createServices } from '../src/service/services';
import { inTurns, openEngine, SOMEBODY, temporaryDirectory } from './ground';
import { atMost, median, size, told, type Figure } from './result';

const SMALL = 100;
const LARGE = size('TOKENS', 100_000);
const CALLS = size('CALLS', 600);
const AT_ONCE = 1_000;

const POOLS = `
pools:
  - name: tokens
    kind: token
    driver: simulated
    simulate: true
    sizing: manual
    settings: { rotates: false, leavesNothing: true }
    lease: { default: never, openEnded: true, heartbeat: 1h, idleExpiry: 1d }
`;

/**
 * What the token pool API's calls cost when the pool is large, against when it is small; over HTTP,
 * in turns.
 */
export async function tokenPool(): Promise<Figure[]> {
  const [small, large] = [await TokenPool.of(SMALL), await TokenPool.of(LARGE)];
  for (const pool of [small, large]) for (let warm = 0; warm < 50; warm += 1) await pool.lendOne();
  for (const pool of [small, large]) pool.forget();
  for (let call = 0; call < CALLS; call += 1)
    for (const pool of [small, large]) await pool.lendOne();
  for (const pool of [small, large]) await pool.exhaust();
  for (let call = 0; call < CALLS; call += 1)
    for (const pool of [small, large]) await pool.askInVain();
  for (const pool of [small, large]) await pool.close();
  return (['block', 'keepAlive', 'exhausted'] as const).flatMap((call) => [
    told(`token pool: ${call} p50 with ${SMALL} tokens`, median(small.times[call]), 'ms'),
    atMost(
      `token pool: ${call} with ${LARGE} tokens`,
      median(large.times[call]) / median(small.times[call]),
      1.5,
      'times',
    ),
  ]);
}

/** The API in open mode over a pool of so many tokens. */
class TokenPool {
  readonly times = { block: [] as number[], keepAlive: [] as number[], exhausted: [] as number[] };

  private constructor(
    private readonly engine: Engine,
    private readonly server: Server,
    private readonly tokens: number,
  ) {}

  static async of(tokens: number): Promise<TokenPool> {
    const dataDir = temporaryDirectory();
    const engine = openEngine(dataDir);
    const factories = new Map<string, DriverFactory>([[simulatedDriver.name, simulatedDriver]]);
    await applyPoolsFile(
      engine,
      parsePoolsFile(POOLS, { file: 'bench', drivers: factories, env: {} }),
    );
    await inTurns(tokens, 64, (index) => addToken(engine, `token-${index}`));
    makeReady(dataDir);
    const drivers = new Drivers(factories, {
      dataDir,
      installation: 'bench',
      variables: {},
      random: engine.random,
    });
    return new TokenPool(engine, await serve(engine, drivers), tokens);
  }

  async lendOne(): Promise<void> {
    const { blocked_token: token } = await this.post('/api/block_token/', 200, this.times.block);
    await this.post(`/api/keep_alive/${token}`, 200, this.times.keepAlive);
    await this.post(`/api/unblock_token/${token}`, 200, []);
  }

  async exhaust(): Promise<void> {
    const reservations = new Reservations(this.engine);
    for (let left = this.tokens; left > 0; left -= AT_ONCE) {
      await reservations.submitForId(
        SOMEBODY,
        { items: [{ pool: 'tokens', count: Math.min(left, AT_ONCE) }], queueTimeout: 0 },
        { requestId: null, idempotencyKey: null },
      );
    }
  }

  askInVain(): Promise<unknown> {
    return this.post('/api/block_token/', 404, this.times.exhausted);
  }

  forget(): void {
    for (const sample of Object.values(this.times)) sample.length = 0;
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
    await this.engine.store.close();
  }

  private async post(
    path: string,
    expected: number,
    sample: number[],
  ): Promise<Record<string, string>> {
    const { port } = this.server.address() as AddressInfo;
    const start = performance.now();
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST' });
    const body = (await response.json()) as Record<string, string>;
    sample.push(performance.now() - start);
    if (response.status !== expected)
      throw new Error(`${path} answered ${response.status}: ${JSON.stringify(body)}`);
    return body;
  }
}

async function addToken(engine: Engine, value: string): Promise<void> {
  await importResource(
    engine,
    {
      pool: 'tokens',
      kind: 'token',
      type: undefined,
      name: null,
      secret: { token: value },
      details: { valueHash: hashToken(value) },
    },
    'tokens',
  );
}

/** As if the driver had adopted each of them; lent in no particular order. */
function makeReady(dataDir: string): void {
  const connection = new Database(join(dataDir, 'holdfast.db'));
  connection.exec(
    "UPDATE resources SET status = 'available', next_operation = NULL, due_at = NULL, " +
      'handle = id, rank = abs(random() % 1099511627776)',
  );
  connection.close();
}

async function serve(engine: Engine, drivers: Drivers): Promise<Server> {
  const services = createServices(
    engine,
    drivers,
    passwords(Buffer.alloc(32), { cost: 4 }),
    'unused',
  );
  const legacy = { mode: 'open', openCidrs: ['127.0.0.0/8'], hosts: ['127.0.0.1'] } as const;
  const build = { version: '', commit: null, node: '', sqlite: '' };
  const logger = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const app = createApp({
    routes: allRoutes({ build, legacy, github: false }),
    services,
    logger,
    newId: engine.newId,
    trustProxy: false,
  });
  await services.waiting.start();
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server;
}
