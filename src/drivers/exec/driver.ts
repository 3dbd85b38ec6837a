import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Call, DiscoveredResource, Driver, DriverEnv } from '../driver';
import { DriverError } from '../driver';
import { MessageDriver, type Transport } from '../message-driver';
import {
  READING,
  replyOf,
  secretsIn,
  secretsOf,
  type CallName,
  type CallRequest,
  type Replies,
} from '../messages';
import { hiding } from '../redaction';
import { Ledger, type Turn } from './ledger';
import { endProcesses } from './processes';
import { runProgram, superseded } from './program';
import { execCapabilities, type ExecSettings } from './settings';
import { LineRate, StderrLines } from './stderr';

const KIB = 1_024;
const NEWLINE = 10;
/** The calls whose answer is a new secret: its stderr is held until that is known. */
const GIVE_SECRETS: readonly CallName[] = ['issueCredential', 'openAccess'];

/** The environment of every program: the same wherever, and however, the server was started. */
function baseEnvironment(): Record<string, string> {
  return {
    PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
    HOME: homedir(),
    LANG: 'C.UTF-8',
    TZ: Intl.DateTimeFormat().resolvedOptions().timeZone,
  };
}

/** A driver that runs the programs of these settings. */
export function makeExecDriver(settings: ExecSettings, env: DriverEnv): Driver {
  return new MessageDriver(execCapabilities(settings), new Programs(settings, env), env);
}

/** Runs a program for each call: JSON on its stdin, JSON on its stdout. */
class Programs implements Transport {
  private readonly cwd: string;
  private readonly env: Record<string, string>;
  private readonly rate: LineRate;
  private readonly closing = new AbortController();
  private readonly underWay = new Set<Promise<unknown>>();
  private opened: Ledger | undefined;

  constructor(
    private readonly settings: ExecSettings,
    private readonly driverEnv: DriverEnv,
  ) {
    this.cwd = settings.cwd ?? join(driverEnv.dataDir, 'exec');
    this.env = { ...baseEnvironment(), ...settings.env };
    this.rate = new LineRate(settings.logLines, driverEnv.now ?? Date.now);
  }

  has(name: CallName): boolean {
    return this.settings.commands[name] !== undefined;
  }

  async ask<N extends CallName>(name: N, request: CallRequest, call: Call): Promise<Replies[N]> {
    const limit = this.settings.outputKb * KIB;
    return this.run(request, call, limit, (output) => replyOf(name, output));
  }

  /** Each line of the output is a piece of the list. */
  async *list(request: CallRequest, call: Call): AsyncGenerator<DiscoveredResource[]> {
    const limit = this.settings.listKb * KIB;
    const output = await this.run(request, call, limit, (bytes) => bytes);
    for (let at = 0; at < output.length;) {
      const end = output.indexOf(NEWLINE, at);
      const line = output.subarray(at, end === -1 ? output.length : end);
      at += line.length + 1;
      if (line.length > 0) yield replyOf('list', line).found;
    }
  }

  async close(): Promise<void> {
    this.closing.abort(new DriverError('backend', 'The server ended during the call.'));
    await Promise.allSettled([...this.underWay]);
    this.opened?.close();
    this.opened = undefined;
  }

  /** Opened by the first call, and tried again by the next one if that fails. */
  private get ledger(): Ledger {
    if (this.settings.cwd === undefined) mkdirSync(this.cwd, { recursive: true });
    return (this.opened ??= Ledger.open(this.driverEnv.dataDir, this.driverEnv.installation));
  }

  private run<T>(
    request: CallRequest,
    call: Call,
    limit: number,
    read: (output: Buffer) => T,
  ): Promise<T> {
    const running = this.runOnce(request, call, limit, read).catch((error: unknown) => {
      throw asDriverError(error);
    });
    this.underWay.add(running);
    const done = () => void this.underWay.delete(running);
    running.then(done, done);
    return running;
  }

  private async runOnce<T>(
    request: CallRequest,
    { signal }: Call,
    limit: number,
    read: (output: Buffer) => T,
  ): Promise<T> {
    const turn = turnOf(request);
    const { ledger } = this;
    await this.begin(ledger, turn);
    const marker = randomUUID();
    const { operation } = request;
    const secrets = secretsIn(request);
    const hide = hiding(secrets);
    const lines = this.linesOf(request);
    try {
      const output = await runProgram({
        argv: this.settings.commands[operation] ?? [],
        env: this.env,
        cwd: this.cwd,
        marker,
        input: JSON.stringify(request),
        limit,
        graceMs: this.settings.killGraceMs,
        signal: AbortSignal.any([signal, this.closing.signal]),
        onStart: (pid) => ledger.started(turn, marker, pid),
        onStderr: (chunk) => {
          lines.push(chunk);
          if (!GIVE_SECRETS.includes(operation)) lines.flush(hide);
        },
      });
      const reply = read(output);
      secrets.push(...secretsOfReply(reply));
      return reply;
    } finally {
      lines.end(hiding(secrets));
      ledger.ended(marker);
    }
  }

  private linesOf({ operation, operationId }: CallRequest): StderrLines {
    const program = this.settings.commands[operation]?.[0];
    return new StderrLines(this.rate, (line) =>
      this.driverEnv.log?.({ driver: 'exec', program, operation, operationId }, line),
    );
  }

  /** Ends the processes of earlier calls, also those of a server that was killed. */
  private async begin(ledger: Ledger, turn: Turn): Promise<void> {
    const earlier = ledger.take(turn);
    if (earlier === null) throw superseded();
    await Promise.all(
      earlier.map(async (processes) => {
        await endProcesses(processes, this.settings.killGraceMs);
        ledger.ended(processes.marker);
      }),
    );
  }
}

function turnOf({ operation, operationId, attempt, target, found, pool }: CallRequest): Turn {
  return {
    resource: target?.resourceId ?? found?.resourceId ?? pool ?? '',
    // An orphan that is removed by its handle belongs to nobody.
    changes: target !== undefined && !READING.includes(operation),
    generation: target?.generation ?? 0,
    operationId,
    attempt,
  };
}

function secretsOfReply(reply: unknown): string[] {
  const { credential, access } = reply as { credential?: object; access?: object };
  return [credential, access].flatMap((each) => secretsOf(each ?? {}));
}

/** The program's failures are DriverErrors already: the rest is the driver's own record. */
function asDriverError(error: unknown): DriverError {
  if (error instanceof DriverError) return error;
  const { code = 'unknown error' } = error as NodeJS.ErrnoException;
  return new DriverError('backend', `The record of the driver exec cannot be kept (${code}).`, {
    cause: error,
  });
}
