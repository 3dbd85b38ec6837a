import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Server } from 'node:http';
import { GRANTS_FILE } from '../../src/drivers/docker/exec-grants';
import { openExecProxy } from '../../src/drivers/docker/exec-proxy';
import type { CredentialSecret } from '../../src/drivers/driver';

/** The proxy for holders of a data directory, on a port of the loopback address. */
export interface HoldersProxy {
  url: string;
  /** The calls that it refused. */
  refused: string[];
  close(): Promise<void>;
}

/** Starts one before the engine's usual socket, or another. */
export async function startHoldersProxy(
  dataDir: string,
  socketPath = '/var/run/docker.sock',
): Promise<HoldersProxy> {
  const refused: string[] = [];
  const file = join(dataDir, GRANTS_FILE);
  const server: Server = openExecProxy(socketPath, file, (call) => refused.push(call));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const close = async () => {
    const closed = once(server.close(), 'close');
    server.closeAllConnections();
    await closed;
  };
  return { url, refused, close };
}

/** Docker's own client, as the holder of a container uses it. */
export class DockerClient {
  private readonly config: string;

  /** `authority`: the file of a certificate to trust, where the proxy speaks TLS. */
  constructor(
    private readonly access: CredentialSecret,
    private readonly authority?: string,
  ) {
    this.config = mkdtempSync(join(tmpdir(), 'holdfast-docker-client-'));
    const headers = { Authorization: access['authorization'] };
    writeFileSync(join(this.config, 'config.json'), JSON.stringify({ HttpHeaders: headers }));
  }

  /** Starts `docker exec` with these words. */
  spawn(options: string[], ...words: string[]): ChildProcess {
    const { dockerHost, container } = this.access;
    const tls = this.authority === undefined ? [] : ['--tlsverify', '--tlscacert', this.authority];
    return spawn('docker', [...tls, 'exec', ...options, String(container), ...words], {
      env: {
        PATH: process.env['PATH'],
        DOCKER_HOST: String(dockerHost),
        DOCKER_CONFIG: this.config,
      },
      stdio: 'pipe',
    });
  }

  /** The exit status and the output of a command, with this on its stdin. */
  async run(options: string[], words: string[], input = '') {
    const child = this.spawn(options, ...words);
    child.stdin!.end(input);
    const [out, error, [status]] = await Promise.all([
      text(child.stdout!),
      text(child.stderr!),
      once(child, 'close') as Promise<[number]>,
    ]);
    return { status, out, error };
  }
}
