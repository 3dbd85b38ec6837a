import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { MASTER_KEY, temporaryDirectory } from './ground';

const SETUP_TOKEN = 'the-setup-token-of-the-bench';

export interface Server {
  pid: number;
  url: URL;
  /** From the start of the process until it served, in ms. */
  startedIn: number;
  stop(): Promise<void>;
}

/** The real server in a process of its own. */
export function startServer(dataDir: string, pools: string | null, env: Record<string, string> = {}): Promise<Server> {
  const file = join(temporaryDirectory(), 'pools.yaml');
  if (pools !== null) writeFileSync(file, pools);
  const settings = { DATA_DIR: dataDir, PORT: '0', BCRYPT_COST: '4', RATE_LIMIT_TOKEN: '0', RATE_LIMIT_ADDRESS: '0', RATE_LIMIT_LOGIN: '0', SETUP_TOKEN, MASTER_KEY: MASTER_KEY.toString('base64'), ...(pools === null ? {} : { POOLS_FILE: file }), ...env };
  return start([join(__dirname, '../src/main.js')], settings);
}

/** Express that answers the same JSON and does nothing else. */
export function startBare(): Promise<Server> {
  return start([join(__dirname, 'bare.js')], {});
}

async function start(args: string[], env: Record<string, string>): Promise<Server> {
  const begun = performance.now();
  const options = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];
  const child = spawn(process.execPath, [...options, ...args], { cwd: temporaryDirectory(), env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
  const url = await servingUrl(child);
  const stop = async () => {
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { pid: child.pid!, url: new URL(url), startedIn: performance.now() - begun, stop };
}

function servingUrl(child: ChildProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)));
    const lines = createInterface({ input: child.stdout! });
    lines.on('line', (line) => {
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
      if (msg !== 'serving') return;
      resolve(url!);
      // What is logged from now on is taken in and thrown away: reading it is no part of a client's work.
      lines.close();
      child.stdout!.resume();
    });
  });
}

export interface Reply {
  status: number;
  body: string;
}

/** A plain client on connections that stay open. */
export class Client {
  private readonly agent: Agent;
  private token = '';

  constructor(
    private readonly url: URL,
    connections: number,
  ) {
    this.agent = new Agent({ keepAlive: true, maxSockets: connections });
  }

  /** Makes the first admin, and goes on as them. */
  async setUp(): Promise<void> {
    const body = JSON.stringify({ setupToken: SETUP_TOKEN, name: 'Ada', email: 'ada@example.org', password: 'correct horse' });
    this.token = (JSON.parse((await this.call('POST', '/v1/setup', body)).body) as { token: string }).token;
  }

  call(method: string, path: string, body?: string): Promise<Reply> {
    const { hostname, port } = this.url;
    const headers = { ...(body === undefined ? {} : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }), ...(this.token ? { Authorization: `Bearer ${this.token}` } : {}) };
    return new Promise((resolve, reject) => {
      const outgoing = request({ agent: this.agent, hostname, port, method, path, headers }, (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () => resolve({ status: response.statusCode!, body: Buffer.concat(parts).toString() }));
        response.on('error', reject);
      });
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
