import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import bcrypt from 'bcrypt';
import Docker from 'dockerode';
import { whenDone } from './cleanups';
import { temporaryDirectory } from './engine';

const BUILD = resolve(__dirname, '../../scripts/docker-ssh-image.sh');
/** The least work that bcrypt does. */
const ROUNDS = 4;

/** A real registry on the loopback address, whose images need a login. */
export class Registry {
  private readonly docker = new Docker();

  private constructor(
    /** Host and port. */
    readonly host: string,
    readonly login: { username: string; password: string },
  ) {}

  /** Starts Debian's docker-registry; it ends when the test file is done. */
  static async start(login: { username: string; password: string }): Promise<Registry> {
    const dir = temporaryDirectory();
    const hash = await bcrypt.hash(login.password, ROUNDS);
    writeFileSync(join(dir, 'htpasswd'), `${login.username}:${hash}\n`);
    mkdirSync(join(dir, 'images'));
    const config = {
      version: 0.1,
      log: { level: 'info', accesslog: { disabled: true } },
      storage: { filesystem: { rootdirectory: join(dir, 'images') } },
      http: { addr: '127.0.0.1:0' },
      auth: { htpasswd: { realm: 'test', path: join(dir, 'htpasswd') } },
    };
    // JSON is YAML.
    writeFileSync(join(dir, 'config.yml'), JSON.stringify(config));
    const child = spawn('docker-registry', ['serve', join(dir, 'config.yml')], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const ended = once(child, 'exit');
    whenDone(async () => {
      child.kill('SIGKILL');
      await ended;
    });
    const host = await listening(child.stderr);
    return new Registry(host, login);
  }

  /**
   * Puts an image into the registry that the engine does not have, with a login server and this
   * label; gives its id.
   */
  async publish(image: string, label: string): Promise<string> {
    execFileSync('sh', [BUILD, image], { stdio: 'ignore' });
    const { Id: base } = await this.docker.getImage(image).inspect();
    const [repo, tag] = [image.slice(0, image.lastIndexOf(':')), image.split(':').at(-1)];
    const made = await this.docker.createContainer({ Image: image });
    await made.commit({ repo, tag, changes: `LABEL turn=${label}` });
    await made.remove();
    const { Id } = await this.docker.getImage(image).inspect();
    await this.push(image);
    await this.forget(image);
    await this.forget(base);
    return Id;
  }

  /** Removes an image from the engine, if it is there and no container needs it. */
  async forget(image: string): Promise<void> {
    await this.docker
      .getImage(image)
      .remove({ force: true })
      .catch((error: { statusCode?: number }) => {
        if (![404, 409].includes(error.statusCode!)) throw error;
      });
  }

  private async push(image: string): Promise<void> {
    const authconfig = { ...this.login, serveraddress: this.host };
    const stream = await this.docker.getImage(image).push({ authconfig });
    expect(await text(stream as Readable)).not.toContain('"error"');
  }
}

/** Resolves with the address at which the registry says that it listens; reads on after that. */
function listening(log: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    let said = '';
    log.on('data', (part: Buffer) => {
      const [, host] = /listening on (127\.0\.0\.1:\d+)/.exec((said += part.toString())) ?? [];
      if (host !== undefined) resolve(host);
    });
    log.on('end', () => reject(new Error(`The registry has ended: ${said}`)));
  });
}
