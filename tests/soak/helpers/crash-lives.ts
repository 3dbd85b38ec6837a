import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Resource } from '../../../src/domain/lifecycle/resource';
import { temporaryDirectory } from '../../helpers/engine';
import { ServerProcess } from '../../helpers/process';
import { Rows, unsound } from './database';
import { MASTER_KEY } from './jobs-by-hand';

const HOOK = join(__dirname, 'crash-hook.cjs');
/** An operation is tried once before the kill, and at most three times after it. */
const MOST_ATTEMPTS = 4;
const SETTLED = ['available', 'allocated', 'quarantined'];

/** A resource that has settled, as far as a back end shows it. */
export type Settled = Pick<Resource, 'status' | 'handle'>;

/** A back end, and what is there of an installation. */
export interface BackEnd {
  name: string;
  /** The pools file: one pool `p` of one resource. */
  pools: (dataDir: string) => string;
  /** Everything outside that belongs to this installation. */
  outside: (installation: string, dataDir: string) => Promise<string[]>;
  /** The part of it that belongs to a resource; its handle by default. */
  ofResource?: (resource: Settled) => string[];
  /** Removes all of it. */
  remove: (installation: string, dataDir: string) => Promise<void>;
}

/** The life of one resource in a real server: it is made, lent twice, and deleted. */
export class Life {
  readonly dataDir = temporaryDirectory();
  private server: ServerProcess | null = null;
  private token = '';

  constructor(private readonly backEnd: BackEnd) {}

  /** Every point of a life, in order. */
  static async points(backEnd: BackEnd): Promise<string[]> {
    const life = new Life(backEnd);
    const log = join(life.dataDir, 'points.log');
    await life.live({ POINTS_LOG: log });
    await life.end();
    return [...new Set(readFileSync(log, 'utf8').trim().split('\n'))];
  }

  /** Lives until it is killed at a point; true if it was. */
  async dieAt(point: string): Promise<boolean> {
    const log = join(this.dataDir, 'points.log');
    const died = this.live({ POINTS_KILL: point, POINTS_LOG: log }).then(
      () => false,
      () => true,
    );
    if (!(await died)) return false;
    // The request failed because the process was killed, and not for another reason.
    const points = existsSync(log) ? readFileSync(log, 'utf8') : '';
    expect(points.trim().split('\n').at(-1)).toBe(point);
    await this.server?.kill();
    return true;
  }

  /** Starts again; what is wrong once everything has settled, in sentences. */
  async faultsAfterRestart(): Promise<string[]> {
    const server = await this.start({});
    const { read } = server.store;
    const rest = async () => {
      const all = await read.resources({}, { after: null, limit: 10 });
      return all.every(({ resource }) => SETTLED.includes(resource.status)) ? all : null;
    };
    const all = await server.until('everything has settled', rest);
    const rows = new Rows(this.dataDir);
    const tried = rows.count('select ifnull(max(attempt), 0) from operations');
    const faults = [...unsound(rows), ...(tried > MOST_ATTEMPTS ? [`${tried} attempts`] : [])];
    rows.close();
    const { ofResource = ({ handle }) => (handle === null ? [] : [handle]) } = this.backEnd;
    const owned = all.flatMap(({ resource }) => ofResource(resource)).sort();
    const matches = async () => (await this.outside()).join() === owned.join();
    await server
      .until('nothing is left over outside', async () => (await matches()) || null)
      .catch((error: Error) => faults.push(error.message));
    return faults;
  }

  /** Lends what there is once more, to whoever has it not yet. */
  async lends(): Promise<boolean> {
    const server = this.server!;
    const all = await server.store.read.resources({}, { after: null, limit: 10 });
    if (all.length === 0 || all.some(({ resource }) => resource.status === 'allocated'))
      return true;
    return (await this.borrow(server)).status === 'active';
  }

  async end(): Promise<void> {
    const installation = await this.server?.store.metadata('installation');
    await this.server?.kill();
    if (installation) await this.backEnd.remove(installation, this.dataDir);
  }

  private async live(env: Record<string, string>): Promise<void> {
    const server = await this.start(env);
    const course = this.course(server);
    course.catch(() => undefined);
    const killed = server.whenEnded().then(() => Promise.reject(new Error('It was killed.')));
    killed.catch(() => undefined);
    await Promise.race([course, killed]);
  }

  private async course(server: ServerProcess): Promise<void> {
    const token = (this.token = await server.setUp());
    const ready = async () => {
      const { body } = await server.http.get('/v1/pools/p', { token });
      return body.counts.available === 1;
    };
    for (const _loan of [1, 2]) {
      await server.until('it is ready', ready);
      const { id } = await this.borrow(server);
      await server.http.delete(`/v1/reservations/${id}`, { token });
    }
    await server.until('it is ready', ready);
    const [{ id }] = await this.resources(server);
    await server.http.delete(`/v1/resources/${id}`, { token });
    await server.until('it is gone', async () => (await this.resources(server)).length === 0);
  }

  private async resources(server: ServerProcess) {
    return (await server.http.get('/v1/resources', { token: this.token })).body.items;
  }

  private async borrow(server: ServerProcess): Promise<{ id: string; status: string }> {
    const body = { items: [{ pool: 'p' }] };
    const { token } = this;
    return (await server.http.post('/v1/reservations?wait=60', { token, body })).body;
  }

  private async start(env: Record<string, string>): Promise<ServerProcess> {
    this.server = await ServerProcess.start({
      dataDir: this.dataDir,
      pools: this.backEnd.pools(this.dataDir),
      nodeOptions: ['--require', HOOK],
      env: { ...env, MASTER_KEY: MASTER_KEY.toString('base64') },
    });
    return this.server;
  }

  private async outside(): Promise<string[]> {
    const installation = (await this.server!.store.metadata('installation'))!;
    return (await this.backEnd.outside(installation, this.dataDir)).sort();
  }
}
