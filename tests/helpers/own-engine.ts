import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import Docker from 'dockerode';
import { whenDone } from './cleanups';

const BUILD = resolve(__dirname, '../../scripts/docker-ssh-image.sh');
/** Of a network that no other engine hands out. */
const BRIDGE_ADDRESS = '10.213.255.1/24';

/** An engine of a test's own, beside that of the machine. Its rules of addresses are left to it. */
export class OwnEngine {
  private engine: ChildProcess | null = null;
  readonly socketPath: string;
  private readonly bridge = `hf-own-${process.pid}`;
  readonly docker: Docker;

  private constructor(
    private readonly dir: string,
    private readonly options: readonly string[],
  ) {
    this.socketPath = join(dir, 'engine.sock');
    this.docker = new Docker({ socketPath: this.socketPath });
  }

  /**
   * Starts one with an SSH image of this name; `options` are those of dockerd. `prepare` gets the
   * directory of its data first.
   */
  static async start(
    image: string,
    options: readonly string[] = [],
    prepare: (data: string) => void = () => undefined,
  ): Promise<OwnEngine> {
    // On a disk: an engine keeps no layers in memory.
    const dir = mkdtempSync('/var/tmp/holdfast-engine-');
    const own = new OwnEngine(dir, options);
    whenDone(() => own.remove());
    own.makeBridge();
    prepare(join(dir, 'data'));
    await own.begin();
    const env = { ...process.env, DOCKER_HOST: `unix://${own.socketPath}` };
    execFileSync('sh', [BUILD, image], { env, stdio: 'ignore' });
    return own;
  }

  /**
   * Without a bridge of its own it would take, or remove, that of the other engine. With an address
   * pool of its own it would remove that, too, when it starts again: it takes free addresses.
   */
  private makeBridge(): void {
    const ip = (...words: string[]) => execFileSync('ip', words);
    ip('link', 'add', this.bridge, 'type', 'bridge');
    ip('address', 'add', BRIDGE_ADDRESS, 'dev', this.bridge);
    ip('link', 'set', this.bridge, 'up');
  }

  /** Starts dockerd; resolves once it answers. */
  async begin(): Promise<void> {
    rmSync(join(this.dir, 'engine.pid'), { force: true });
    const places = [
      ['--data-root', join(this.dir, 'data')],
      ['--exec-root', join(this.dir, 'run')],
      ['--pidfile', join(this.dir, 'engine.pid')],
      ['--host', `unix://${this.socketPath}`],
      // Rules of its own would take the place of those of the other engine.
      ['--iptables=false', '--ip6tables=false', '--bridge', this.bridge],
    ].flat();
    this.engine = spawn('dockerd', [...places, ...this.options], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    await listening(this.engine.stderr!);
  }

  signal(signal: NodeJS.Signals): void {
    this.engine!.kill(signal);
  }

  /** Kills dockerd, but not the containers; resolves when it has ended. */
  async kill(): Promise<void> {
    if (!this.engine || this.engine.exitCode !== null || this.engine.signalCode !== null) return;
    const ended = once(this.engine, 'exit');
    this.engine.kill('SIGKILL');
    await ended;
  }

  private async remove(): Promise<void> {
    this.engine?.kill('SIGCONT');
    const running = await this.docker.listContainers({ all: true }).catch(() => []);
    for (const { Id } of running)
      await this.docker
        .getContainer(Id)
        .remove({ force: true, v: true })
        .catch(() => undefined);
    for (const { Id, Driver } of await this.docker.listNetworks().catch(() => []))
      if (Driver === 'bridge')
        await this.docker
          .getNetwork(Id)
          .remove()
          .catch(() => undefined);
    const ended = this.engine && this.engine.exitCode === null && once(this.engine, 'exit');
    this.engine?.kill('SIGTERM');
    await ended;
    // An engine that was killed leaves processes and mounts behind.
    for (const pid of processesOf(this.dir)) process.kill(pid, 'SIGKILL');
    for (const place of mountsBelow(this.dir)) execFileSync('umount', ['-l', place]);
    execFileSync('ip', ['link', 'delete', this.bridge]);
    rmSync(this.dir, { recursive: true, force: true });
  }
}

/** Resolves once a dockerd says in its log that it listens; reads on after that. */
function listening(log: Readable): Promise<void> {
  return new Promise((resolve, reject) => {
    let said = '';
    log.on('data', (part: Buffer) => {
      said = (said + part.toString()).slice(-10_000);
      if (said.includes('API listen on')) resolve();
    });
    log.on('end', () => reject(new Error(`dockerd has ended: ${said}`)));
  });
}

/** The mounts below a directory, the innermost first. */
function mountsBelow(dir: string): string[] {
  const places = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' ')[1] ?? '');
  return places.filter((place) => place.startsWith(`${dir}/`)).reverse();
}

/** The processes that were started with a path below a directory. */
function processesOf(dir: string): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes(`${dir}/`);
      } catch {
        return false;
      }
    })
    .map(Number);
}
