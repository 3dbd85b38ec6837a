import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readFileSync, writeFileSync } from 'node:fs';
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

export interface ServerOptions {
  env?: Record<string, string>;
  /** The executable instead of what was compiled. */
  executable?: string;
  /** Called with each line of its log. */
  onLine?: (line: string) => void;
}

/** The real server in a process of its own. */
export function startServer(
  dataDir: string,
  pools: string | null,
  { env = {}, executable, onLine }: ServerOptions = {},
): Promise<Server> {
  const file = join(temporaryDirectory(), 'pools.yaml');
  if (pools !== null) writeFileSync(file, pools);
  const settings = {
    DATA_DIR: dataDir,
    PORT: '0',
    BCRYPT_COST: '4',
    RATE_LIMIT_TOKEN: '0',
    RATE_LIMIT_ADDRESS: '0',
    RATE_LIMIT_LOGIN: '0',
    SETUP_TOKEN,
    MASTER_KEY: MASTER_KEY.toString('base64'),
    ...(pools === null ? {} : { POOLS_FILE: file }),
    ...env,
  };
  return start(
    executable === undefined ? [...node('../src/main.js'), 'serve'] : [executable, 'serve'],
    settings,
    onLine,
  );
}

/**
 * Express that answers the same JSON and does nothing else; with BIND_THREADS like the real one.
 */
export function startBare(env: Record<string, string> = {}): Promise<Server> {
  return start(node('bare.js'), env);
}

function node(script: string): string[] {
  const options = process.env.BENCH_NODE_OPTIONS?.split(' ') ?? [];
  return [process.execPath, ...options, join(__dirname, script)];
}

async function start(
  [program, ...args]: string[],
  env: Record<string, string>,
  onLine?: (line: string) => void,
): Promise<Server> {
  const begun = performance.now();
  const cwd = temporaryDirectory();
  // Into a file: a log that came here by a pipe would be read by the client that is measured with.
  const log = join(cwd, 'log');
  const out = openSync(log, 'w');
  const child = spawn(program!, args, {
    cwd,
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', onLine ? 'pipe' : out, 'inherit'],
  });
  closeSync(out);
  // Nothing is left behind, however this process ends.
  const kill = () => child.kill('SIGKILL');
  process.once('exit', kill);
  const url = await servingUrl(child, onLine ? linesHeard(child, onLine) : linesIn(log));
  const stop = async () => {
    process.off('exit', kill);
    child.kill('SIGTERM');
    if (child.exitCode === null) await once(child, 'exit');
  };
  return { pid: child.pid!, url: new URL(url), startedIn: performance.now() - begun, stop };
}

/**
 * Calls back with each line of the log until told that the one was among them that was waited for.
 */
type Lines = (found: (line: string) => boolean) => void;

function linesHeard(child: ChildProcess, onLine: (line: string) => void): Lines {
  let serving = false;
  return (found) => {
    createInterface({ input: child.stdout! }).on('line', (line) => {
      onLine(line);
      serving ||= found(line);
    });
  };
}

/** How often the log is looked at until the server serves; ms. */
const LOOK_EVERY = 2;

function linesIn(log: string): Lines {
  return (found) => {
    const timer = setInterval(() => {
      const whole = readFileSync(log, 'utf8').split('\n').slice(0, -1);
      if (whole.some(found)) clearInterval(timer);
    }, LOOK_EVERY).unref();
  };
}

function servingUrl(child: ChildProcess, lines: Lines): Promise<string> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`The server ended with ${code}.`)));
    lines((line) => {
      const { msg, url } = JSON.parse(line) as { msg: string; url?: string };
      if (msg === 'serving') resolve(url!);
      return msg === 'serving';
    });
  });
}

export interface Reply {
  status: number;
  body: string;
  /** Where it sends one on to. */
  location: string | undefined;
}

/** What a call has besides its path. */
export interface Sent {
  body?: string;
  headers?: Record<string, string>;
  /** Breaks the connection off. */
  signal?: AbortSignal;
}

/** Below the 65 s of the server, in ms. */
const IDLE = 50_000;

/** A plain client on connections that stay open. */
export class Client {
  private readonly agent: Agent;
  private token = '';

  constructor(
    private readonly url: URL,
    connections: number,
  ) {
    // An idle connection is closed from this side first: one that the server closes could be in use
    // again by then.
    this.agent = new Agent({ keepAlive: true, maxSockets: connections, timeout: IDLE });
  }

  /** The header by which it shows who calls. */
  get authorization(): string {
    return `Bearer ${this.token}`;
  }

  /** Makes the first admin, and goes on as them. */
  async setUp(): Promise<void> {
    const body = JSON.stringify({
      setupToken: SETUP_TOKEN,
      name: 'Ada',
      email: 'ada@example.org',
      password: 'correct horse',
    });
    this.token = (
      JSON.parse((await this.call('POST', '/v1/setup', body)).body) as { token: string }
    ).token;
  }

  call(method: string, path: string, body?: string): Promise<Reply> {
    return this.send(method, path, { body });
  }

  /** Rejects where the connection breaks before all of the answer is there. */
  send(method: string, path: string, { body, headers: more, signal }: Sent = {}): Promise<Reply> {
    const { hostname, port } = this.url;
    const headers = {
      ...(body === undefined
        ? {}
        : { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(body) }),
      ...(this.token ? { Authorization: this.authorization } : {}),
      ...more,
    };
    return new Promise((resolve, reject) => {
      const outgoing = request(
        { agent: this.agent, hostname, port, method, path, headers, signal },
        (response) => {
          const parts: Buffer[] = [];
          response.on('data', (part: Buffer) => parts.push(part));
          response.on('end', () =>
            resolve({
              status: response.statusCode!,
              body: Buffer.concat(parts).toString(),
              location: response.headers.location,
            }),
          );
          response.on('error', reject);
        },
      );
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }

  close(): void {
    this.agent.destroy();
  }
}
