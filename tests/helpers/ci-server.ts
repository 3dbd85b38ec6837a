import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/**
 * A stand-in for the web server before a CI server: it asks for a login, and looks it up in a
 * password file at each request.
 */
export class CiServer {
  /** The status of every answer, whatever the login; null: as the password file says. */
  always: number | null = null;

  private constructor(private readonly server: Server) {}

  /** Serves, and writes its address into the folder, which the program shares. */
  static async start(folder: string): Promise<CiServer> {
    mkdirSync(folder, { recursive: true });
    const server = createServer();
    const started = new CiServer(server);
    server.on('request', (request, response) => {
      const basic = /^Basic (.*)$/.exec(request.headers.authorization ?? '')?.[1] ?? '';
      const [username = '', password = ''] = Buffer.from(basic, 'base64').toString().split(':');
      void isRight(join(folder, 'htpasswd'), username, password).then((right) =>
        response.writeHead(started.always ?? (right ? 200 : 401)).end(),
      );
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    writeFileSync(join(folder, 'url'), `${started.url}\n`);
    return started;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/`;
  }

  /** Asks for the page as somebody would; the status of the answer. */
  async statusFor({
    username,
    password,
  }: {
    username?: string;
    password?: string;
  }): Promise<number> {
    const basic = Buffer.from(`${username}:${password}`).toString('base64');
    return (await fetch(this.url, { headers: { authorization: `Basic ${basic}` } })).status;
  }

  close(): Promise<void> {
    this.server.closeAllConnections();
    return new Promise((resolve) => this.server.close(() => resolve()));
  }
}

async function isRight(file: string, username: string, password: string): Promise<boolean> {
  const lines = readFileSync(file, 'utf8').split('\n');
  const hash = lines.find((line) => line.startsWith(`${username}:`))?.split(':')[1];
  return hash !== undefined && (await hashedLike(hash, password)) === hash;
}

/** The SHA-512 crypt of a password, with the salt of another one. */
async function hashedLike(hash: string, password: string): Promise<string> {
  const salt = hash.split('$')[2]!;
  const hashing = run('openssl', ['passwd', '-6', '-salt', salt, '-stdin']);
  hashing.child.stdin!.end(`${password}\n`);
  return (await hashing).stdout.trim();
}
