import { once } from 'node:events';
import { chmodSync, rmSync } from 'node:fs';
import type { Command } from 'commander';
import { takeSignals } from '../signals';
import { tell } from './alone';
import { Refusal } from './exit-codes';

interface ProxyOptions {
  listen: string;
  engine: string;
}

/** `holdfast docker-proxy`: filters the calls of a server to a Docker engine. */
export function addDockerProxy(program: Command): void {
  program
    .command('docker-proxy')
    .option('--listen <where>', 'HOST:PORT, or the path of a socket to create.', '127.0.0.1:2375')
    .option('--engine <socket>', "The engine's socket.", '/var/run/docker.sock')
    .description(
      'Pass on to a Docker engine only the calls that the docker driver makes. See docs/deploy.md.',
    )
    .action(runProxy);
}

async function runProxy({ listen, engine }: ProxyOptions): Promise<void> {
  const stopped = new Promise<void>((resolve) =>
    takeSignals((signal) => (signal === 'SIGHUP' ? tell('SIGHUP is ignored.') : resolve())),
  );
  const { dockerProxy } = await import('../drivers/docker/proxy.js');
  const server = dockerProxy(engine, (call) => tell(`refused: ${call}`));
  if (listen.startsWith('/')) rmSync(listen, { force: true });
  server.listen(addressOf(listen));
  await once(server, 'listening');
  if (listen.startsWith('/')) chmodSync(listen, 0o660);
  tell(`listening on ${listen}`);
  await stopped;
  server.close();
  server.closeAllConnections();
}

function addressOf(listen: string): { path: string } | { host: string; port: number } {
  if (listen.startsWith('/')) return { path: listen };
  const [, host, port] = /^\[?([\w.:-]*?)\]?:(\d{1,5})$/.exec(listen) ?? [];
  if (port === undefined)
    throw new Refusal('usage', `--listen: ${listen} is neither HOST:PORT nor an absolute path.`);
  return { host: host || '0.0.0.0', port: Number(port) };
}
