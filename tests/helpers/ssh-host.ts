import { execFile, spawn, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { keyPair } from '../../src/drivers/ssh-login/key-pair';
import { hostKeyWithin } from '../../src/drivers/ssh-login/ssh';

const run = promisify(execFile);
/** The image that scripts/docker-debian-host.sh builds. */
const HOST_IMAGE = process.env.HOST_IMAGE ?? 'holdfast-host:latest';
const LABEL = 'holdfast.test-host';
const READY_WITHIN = 30_000;

/** Why no host can be started; null if one can. Asked while tests are collected. */
function whyNoHost(): string | null {
  const { status, stderr } = spawnSync('docker', ['image', 'inspect', HOST_IMAGE], {
    encoding: 'utf8',
  });
  return status === 0 ? null : stderr?.trim() || 'docker does not run';
}

/**
 * Tests that lend hosts with Debian's OpenSSH: skipped, with a message, if none can be started; with
 * CI=true they fail.
 */
export function describeWithHosts(name: string, fn: () => void): void {
  const why = whyNoHost();
  if (why === null) return void describe(name, fn);
  if (process.env.CI === 'true') {
    return void test(`${name}: a Docker engine with ${HOST_IMAGE}`, () => {
      throw new Error(`${why}; run scripts/docker-debian-host.sh`);
    });
  }
  process.stderr.write(`SKIPPED "${name}": ${why} (run scripts/docker-debian-host.sh)\n`);
  describe.skip(name, fn);
}

/** A Debian with sshd, cron and atd, in a container of its own. */
export class SshHost {
  private constructor(
    readonly id: string,
    public port: number,
    /** Its key as OpenSSH writes it. */
    readonly hostKey: string,
    private readonly lab: Lab,
  ) {}

  static async start(lab: Lab, options: readonly string[] = []): Promise<SshHost> {
    const { stdout } = await docker([
      'run',
      '--detach',
      ...['--publish', '127.0.0.1::22', '--network', await lab.network(), '--label', LABEL],
      ...['--env', `ROOT_KEY=${lab.publicKey}`],
      ...options,
      HOST_IMAGE,
    ]);
    const id = stdout.trim();
    const port = await portOf(id);
    await untilReady(port);
    const key = await inside(id, 'cut -d" " -f1,2 /etc/ssh/ssh_host_ed25519_key.pub');
    return new SshHost(id, port, key.trim(), lab);
  }

  get fields(): { host: string; port: number } {
    return { host: '127.0.0.1', port: this.port };
  }

  get knownHosts(): string {
    return `[127.0.0.1]:${this.port} ${this.hostKey}`;
  }

  /** Runs a shell command as root inside, past SSH; gives its output. */
  inside(command: string): Promise<string> {
    return inside(this.id, command);
  }

  /** The names of users with a mark of ours. */
  async users(): Promise<string[]> {
    const names = await this.inside(`awk -F: '$5 ~ "^holdfast/" { print $1 }' /etc/passwd`);
    return names.split('\n').filter((name) => name !== '');
  }

  /** Adds a line to the settings of its sshd; resolves once it listens under them. */
  async configure(line: string): Promise<void> {
    const since = new Date().toISOString();
    await this.inside(`echo '${line}' >/etc/ssh/sshd_config.d/0.conf; kill -HUP 1`);
    await logs(this.id, since, 'Server listening on 0.0.0.0');
    await untilReady(this.port);
  }

  /** Resolves once it has started for a second time, perhaps at another port, and answers. */
  async untilBack(): Promise<void> {
    const { stdout } = await docker(['inspect', '--format', '{{.Created}}', this.id]);
    await starts(this.id, stdout.trim(), 2);
    this.port = await portOf(this.id);
    this.lab.writeKnownHosts();
    await untilReady(this.port);
  }

  async stop(): Promise<void> {
    await docker(['rm', '--force', '--volumes', this.id]);
    this.lab.forget(this);
  }
}

/** Hosts that one key opens, and the files by which a driver reaches them. */
export class Lab {
  readonly publicKey: string;
  readonly privateKeyFile: string;
  private readonly folder = mkdtempSync(join(tmpdir(), 'holdfast-lab-'));
  private readonly hosts: SshHost[] = [];
  private made: Promise<string> | undefined;

  constructor() {
    const pair = keyPair();
    this.publicKey = pair.public.trim();
    this.privateKeyFile = join(this.folder, 'control');
    writeFileSync(this.privateKeyFile, pair.private, { mode: 0o600 });
    writeFileSync(this.knownHosts, '');
  }

  get knownHosts(): string {
    return join(this.folder, 'known_hosts');
  }

  /** An installation that no other test has. */
  static installation(): string {
    return `test-${randomBytes(6).toString('hex')}`;
  }

  /** Starts a host. `options`: of `docker run`. */
  async host(...options: string[]): Promise<SshHost> {
    const host = await SshHost.start(this, options);
    this.hosts.push(host);
    this.writeKnownHosts();
    return host;
  }

  /**
   * The name of the network on which its hosts are. It is one of its own: another engine on this
   * machine may take the usual bridge away.
   */
  network(): Promise<string> {
    const name = `holdfast-lab-${randomBytes(6).toString('hex')}`;
    return (this.made ??= docker(['network', 'create', '--label', LABEL, name]).then(() => name));
  }

  forget(host: SshHost): void {
    this.hosts.splice(this.hosts.indexOf(host), 1);
  }

  async close(): Promise<void> {
    await Promise.all([...this.hosts].map((host) => host.stop()));
    if (this.made) await docker(['network', 'rm', await this.made]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Writes the addresses and keys of all hosts, as they are now. */
  writeKnownHosts(): void {
    const lines = this.hosts.map(({ knownHosts }) => `${knownHosts}\n`);
    writeFileSync(this.knownHosts, lines.join(''));
  }
}

function docker(args: readonly string[]): Promise<{ stdout: string }> {
  return run('docker', args);
}

async function inside(id: string, command: string): Promise<string> {
  return (await docker(['exec', id, 'sh', '-c', command])).stdout;
}

/** Resolves when a container has started this often since a time. */
function starts(id: string, since: string, times: number): Promise<void> {
  const filters = ['--filter', `container=${id}`, '--filter', 'event=start'];
  const events = spawn('docker', ['events', '--since', since, ...filters, '--format', 'x']);
  return new Promise((resolve) => {
    let seen = 0;
    events.stdout.on('data', (piece: Buffer) => {
      seen += piece.toString().split('x').length - 1;
      if (seen < times) return;
      events.kill();
      resolve();
    });
  });
}

/** Resolves when a container has logged this text since a time. */
function logs(id: string, since: string, text: string): Promise<void> {
  const follower = spawn('docker', ['logs', '--follow', '--since', since, id]);
  return new Promise((resolve, reject) => {
    let seen = '';
    const take = (piece: Buffer) => {
      seen += piece.toString();
      if (!seen.includes(text)) return;
      follower.kill();
      resolve();
    };
    follower.stdout.on('data', take);
    follower.stderr.on('data', take);
    follower.on('close', () => reject(new Error(`The host never logged "${text}".`)));
  });
}

async function portOf(id: string): Promise<number> {
  const { stdout } = await docker(['port', id, '22/tcp']);
  return Number(stdout.trim().split('\n')[0]!.split(':').at(-1));
}

async function untilReady(port: number): Promise<void> {
  const signal = AbortSignal.timeout(READY_WITHIN);
  const key = await hostKeyWithin(READY_WITHIN, { host: '127.0.0.1', port }, signal);
  if (key === null) throw new Error('The host does not answer.');
}
