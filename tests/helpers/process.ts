import { spawn, type ChildProcess } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { openSqliteStore } from '../../src/store/sqlite/sqlite-store';
import type { Store } from '../../src/store/store';
import { whenDone } from './cleanups';
import { temporaryDirectory } from './engine';
import { HttpClient } from './http-client';

export const ROOT = resolve(__dirname, '../..');
/** The output of `npm run build`. */
export const MAIN = join(ROOT, 'dist/src/main.js');
export const SETUP_TOKEN = 'the-setup-token-of-this-test';

/**
 * The variables of every program of ours that a test starts. Its code is taken from where the first
 * one left it, compiled.
 */
export const BASIC = {
  PATH: process.env.PATH,
  NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE,
};

/**
 * Longest wait for anything of a real process, in ms; below the tests' own limit, so that the
 * message is ours.
 */
const PATIENCE = 60_000;

export interface ServerOptions {
  dataDir?: string;
  /** Text of a pools file; without one, the built-in example. */
  pools?: string;
  /** Added to the test's own defaults; undefined removes one. */
  env?: Record<string, string | undefined>;
  /** Options of node itself. */
  nodeOptions?: string[];
  /** Another program than the output of `npm run build`. */
  program?: Program;
}

/** A way to start the server. */
export interface Program {
  command: string[];
  /** The directory it starts in; an empty one by default. */
  cwd?: string;
  /** It gets the variables of the test and no others, not even those that every test sets. */
  bare?: boolean;
}

export interface LogLine extends Record<string, unknown> {
  msg: string;
}

/**
 * A real server in a process of its own, on a port of its own. One that is still running is killed
 * after the tests.
 */
export class ServerProcess {
  readonly http: HttpClient;
  private watched: Store | null = null;

  private constructor(
    private readonly child: ChildProcess,
    readonly dataDir: string,
    readonly url: string,
    readonly log: LogLines,
    private readonly ended: Promise<Ended>,
  ) {
    this.http = new HttpClient(url);
  }

  /** Starts it and waits until it serves. */
  static async start({
    dataDir = temporaryDirectory(),
    pools,
    env = {},
    nodeOptions = [],
    program = compiled(nodeOptions),
  }: ServerOptions = {}): Promise<ServerProcess> {
    const paths = program.bare
      ? {}
      : { DATA_DIR: dataDir, ...(pools === undefined ? {} : { POOLS_FILE: poolsFile(pools) }) };
    const { child, log, ended } = launch({ ...paths, ...env }, program);
    const died = ended.then(({ code, stderr }) =>
      Promise.reject(new Error(`The server ended with ${code}: ${stderr}`)),
    );
    const serving = await Promise.race([log.line(({ msg }) => msg === 'serving', 'serving'), died]);
    died.catch(() => undefined);
    return new ServerProcess(child, dataDir, serving.url as string, log, ended);
  }

  /** Starts it, and kills it after that many ms, whether or not it serves by then. */
  static async startAndKill(
    {
      dataDir = temporaryDirectory(),
      pools,
      env = {},
      nodeOptions = [],
      program = compiled(nodeOptions),
    }: ServerOptions,
    after: number,
  ): Promise<void> {
    const { child, ended } = launch(
      {
        DATA_DIR: dataDir,
        ...(pools === undefined ? {} : { POOLS_FILE: poolsFile(pools) }),
        ...env,
      },
      program,
    );
    await new Promise((resolve) => setTimeout(resolve, after));
    child.kill('SIGKILL');
    await ended;
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** What it tells people on stderr, once that fits: it may come after the line `serving`. */
  told(pattern: RegExp): Promise<RegExpExecArray> {
    return this.log.told(pattern);
  }

  /** Its stderr, complete once it has ended. */
  get stderr(): string {
    return this.log.stderr;
  }

  /** The secret of a token of the first admin, who is made on the way. */
  async setUp(setupToken = SETUP_TOKEN): Promise<string> {
    const body = { setupToken, name: 'Ada', email: 'ada@example.org', password: 'correct horse' };
    const { status, body: answer } = await this.http.post('/v1/setup', { body });
    expect(status).toBe(201);
    return (answer as { token: string }).token;
  }

  /** The server's database, seen from here. */
  get store(): Store {
    if (this.watched) return this.watched;
    const store = openSqliteStore(join(this.dataDir, 'holdfast.db'));
    whenDone(() => store.close());
    return (this.watched = store);
  }

  /**
   * Resolves with the result of `look` once that is neither null nor false; looks after every
   * commit of anyone. `patience`: the longest wait, in ms.
   */
  async until<T>(
    what: string,
    look: () => Promise<T | null | false>,
    patience = PATIENCE,
  ): Promise<T> {
    const changed = new Changes(this.store);
    const deadline = performance.now() + patience;
    try {
      for (;;) {
        const found = await look();
        if (found !== null && found !== false) return found;
        if (performance.now() > deadline) throw new Error(`Never saw: ${what}`);
        await changed.next();
      }
    } finally {
      changed.stop();
    }
  }

  /** SIGTERM; the exit must be clean. */
  async stop(): Promise<Ended> {
    this.signal('SIGTERM');
    const ended = await this.ended;
    expect({ code: ended.code, signal: ended.signal }).toEqual({ code: 0, signal: null });
    return ended;
  }

  /** SIGKILL: like a power cut. */
  async kill(): Promise<void> {
    this.signal('SIGKILL');
    await this.ended;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Resolves when it has ended, for whatever reason. */
  async whenEnded(): Promise<void> {
    await this.ended;
  }
}

export interface Ended {
  code: number | null;
  signal: NodeJS.Signals | null;
  stdout: string;
  stderr: string;
}

/** Runs the program until it ends by itself. */
export async function runToItsEnd(
  env: Record<string, string | undefined>,
  cwd?: string,
): Promise<Ended> {
  return launch(env, { ...compiled(), cwd }).ended;
}

/**
 * Runs another program until it ends by itself, with the environment of the test and, unless
 * `bare`, what every test sets.
 */
export function runProgram(
  program: Program,
  env: Record<string, string | undefined> = {},
): Promise<Ended> {
  return launch(env, program).ended;
}

/** A pools file of this text. */
export function poolsFile(text: string): string {
  const path = join(temporaryDirectory(), 'pools.yaml');
  writeFileSync(path, text);
  return path;
}

/** The output of `npm run build`. */
function compiled(nodeOptions: string[] = []): Program {
  return { command: [process.execPath, ...nodeOptions, MAIN, 'serve'] };
}

function launch(
  env: Record<string, string | undefined>,
  { command, cwd = temporaryDirectory(), bare = false }: Program,
): { child: ChildProcess; log: LogLines; ended: Promise<Ended> } {
  // A directory of its own, so that nobody's .env is read.
  const settings = bare
    ? env
    : {
        ...BASIC,
        DOCKER_HOST: process.env.DOCKER_HOST,
        PORT: '0',
        BCRYPT_COST: '4',
        RATE_LIMIT_TOKEN: '0',
        RATE_LIMIT_ADDRESS: '0',
        RATE_LIMIT_LOGIN: '0',
        SETUP_TOKEN,
        ...env,
      };
  const [program, ...words] = command;
  const child = spawn(program!, words, { cwd, env: settings, stdio: ['ignore', 'pipe', 'pipe'] });
  const log = new LogLines(child);
  const ended = once(child, 'close').then(([code, signal]) => ({
    code: code as number | null,
    signal: signal as NodeJS.Signals | null,
    stdout: log.stdout,
    stderr: log.stderr,
  }));
  whenDone(async () => {
    child.kill('SIGKILL');
    await ended;
  });
  return { child, log, ended };
}

/**
 * The output of a process: its log on stdout, one JSON object per line, and anything for people on
 * stderr.
 */
export class LogLines {
  readonly lines: LogLine[] = [];
  stdout = '';
  stderr = '';
  private readonly errors = new EventEmitter();
  private readonly waiters = new Set<(line: LogLine) => void>();

  constructor(child: ChildProcess) {
    child.stderr!.setEncoding('utf8').on('data', (text: string) => {
      this.stderr += text;
      this.errors.emit('data');
    });
    createInterface({ input: child.stdout! }).on('line', (text) => this.add(text));
  }

  /** Waits until stderr fits. */
  async told(pattern: RegExp): Promise<RegExpExecArray> {
    const signal = AbortSignal.timeout(PATIENCE);
    for (;;) {
      const found = pattern.exec(this.stderr);
      if (found) return found;
      await once(this.errors, 'data', { signal });
    }
  }

  /** The first line that fits, now or later. */
  line(fits: (line: LogLine) => boolean, what: string): Promise<LogLine> {
    const known = this.lines.find(fits);
    if (known) return Promise.resolve(known);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new Error(`Never logged: ${what}; stderr: ${this.stderr}`)),
        PATIENCE,
      );
      const waiter = (line: LogLine) => {
        if (!fits(line)) return;
        clearTimeout(timer);
        this.waiters.delete(waiter);
        resolve(line);
      };
      this.waiters.add(waiter);
      timer.unref();
    });
  }

  private add(text: string): void {
    this.stdout += `${text}\n`;
    if (!text.startsWith('{')) return;
    const line = JSON.parse(text) as LogLine;
    this.lines.push(line);
    for (const waiter of this.waiters) waiter(line);
  }
}

/** Commits of the database, one after the other; none is missed between two looks. */
class Changes {
  private changed = false;
  private wake = () => {};
  readonly stop: () => void;

  constructor(store: Store) {
    this.stop = store.onChange(() => {
      this.changed = true;
      this.wake();
    });
  }

  /**
   * The next commit since the last look. A server's jobs report every few seconds, so there is
   * always one.
   */
  async next(): Promise<void> {
    if (!this.changed) await new Promise<void>((resolve) => (this.wake = resolve));
    this.changed = false;
  }
}
