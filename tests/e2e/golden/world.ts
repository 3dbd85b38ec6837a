import { JOB_NAMES } from '../../../src/service/jobs/jobs';
import { temporaryDirectory, TestClock, type TestEngineOptions } from '../../helpers/engine';
import { TestServer, type Caller } from '../../helpers/server';
import type { Run } from './situations';

const DAY = 86_400_000;
const HALF_HOUR = 1_800_000;

/** A server with loans, and the token of its admin. */
export interface World {
  server: TestServer;
  admin: Caller;
  bea: Caller;
  token: string;
  /** The admin's, of one of two in pool `lab`; bea has the other. */
  loan: string;
  /** The admin's, for both of them. */
  queued: string;
  webhook: string;
}

/**
 * Starts a server that stands still five days and half an hour ago, so that times look the same. The
 * pools file has a pool `lab` of two.
 */
export async function openWorld(options: TestEngineOptions): Promise<World> {
  const clock = new TestClock(Date.now() - 5 * DAY - HALF_HOUR);
  const server = await TestServer.start({ ...options, clock });
  await server.test.settle();
  const admin = await server.admin();
  const bea = await server.user('bea');
  const scopes = ['read', 'reserve', 'self', 'admin'];
  const { token } = (await admin.post('/v1/tokens').send({ name: 'cli', scopes })).body;
  const loan = await reserved(admin, 'lab', 1);
  await reserved(bea, 'lab', 1);
  const queued = await reserved(admin, 'lab', 2);
  for (const name of JOB_NAMES) await server.test.engine.store.beat(name);
  const webhook = await added(admin, '/v1/webhooks', { url: 'https://hooks.example.org/a' });
  return { server, admin, bea, token, loan, queued, webhook };
}

/** Reserves so many of a pool; gives the id. */
export function reserved(caller: Caller, pool: string, count: number): Promise<string> {
  return added(caller, '/v1/reservations', { items: [{ pool, count }] });
}

/** Posts a body; gives the id of what was made. */
export async function added(caller: Caller, path: string, body: object): Promise<string> {
  return (await caller.post(path).send(body)).body.id as string;
}

/** A command of the admin in a world. */
export function runIn({ server, token }: World, words: readonly string[]): Run {
  const env = {
    XDG_CONFIG_HOME: temporaryDirectory(),
    HOLDFAST_TIMEOUT: '0s',
    HOLDFAST_URL: server.url,
    HOLDFAST_TOKEN: token,
  };
  return { words, env };
}
