import { once } from 'node:events';
import { chmodSync, lstatSync, mkdirSync, rmSync } from 'node:fs';
import { isIP } from 'node:net';
import { dirname } from 'node:path';
import type { Command } from 'commander';
import { takeSignals } from '../signals';
import { tell } from './alone';
import { Refusal } from './exit-codes';

interface ProxyOptions {
  listen: string;
  host: string[];
  engine: string;
  pull: string[];
}

type Address = { path: string } | { host: string; port: number };

/** The owner and the group of the proxy may call it, and nobody else. */
const SOCKET_MODE = 0o660;
const DIRECTORY_MODE = 0o750;

/** `holdfast docker-proxy`: filters the calls of a server to a Docker engine. */
export function addDockerProxy(program: Command): void {
  program
    .command('docker-proxy')
    .option(
      '--listen <where>',
      'The path of a socket to create, or HOST:PORT.',
      '/run/holdfast-docker/engine.sock',
    )
    .option(
      '--host <name...>',
      'Other names by which clients call it over TCP, besides localhost, HOST and addresses.',
      [],
    )
    .option('--engine <socket>', "The engine's socket.", '/var/run/docker.sock')
    .option(
      '--pull <repository...>',
      'Where images may be pulled from: these repositories, and all that are below them.',
      [],
    )
    .description(
      'Pass on to a Docker engine only the calls that the docker driver makes. See docs/deploy.md.',
    )
    .action(runProxy);
}

async function runProxy({ listen, host, engine, pull }: ProxyOptions): Promise<void> {
  const address = addressOf(listen);
  const stopped = new Promise<void>((resolve) =>
    takeSignals((signal) => (signal === 'SIGHUP' ? tell('SIGHUP is ignored.') : resolve())),
  );
  const { dockerProxy } = await import('../drivers/docker/proxy.js');
  const hosts = hostsOf(address, host);
  const server = dockerProxy(engine, (call) => tell(`refused: ${call}`), hosts, pull);
  if ('path' in address) makeRoom(address.path);
  server.listen(address);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw new Refusal('config', `--listen: ${listen} cannot be used (${error.code}).`);
  });
  if ('path' in address) chmodSync(address.path, SOCKET_MODE);
  tell(`listening on ${listen}`);
  await stopped;
  server.close();
  server.closeAllConnections();
}

/** Makes the directory of a socket, and removes the socket of an earlier run. Errors: Refusal. */
function makeRoom(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found && !found.isSocket())
    throw new Refusal('exists', `--listen: ${path} exists, and is no socket.`);
  rmSync(path, { force: true });
}

function addressOf(listen: string): Address {
  if (listen.startsWith('/')) return { path: listen };
  const [, host, port] = /^\[?([\w.:-]*?)\]?:(\d{1,5})$/.exec(listen) ?? [];
  if (port === undefined)
    throw new Refusal('usage', `--listen: ${listen} is neither an absolute path nor HOST:PORT.`);
  return { host: host || '0.0.0.0', port: Number(port) };
}

/** The names under which the proxy answers; null, for any, where no browser can call it. */
function hostsOf(address: Address, more: string[]): ReadonlySet<string> | null {
  if ('path' in address) return null;
  const own = isIP(address.host) ? [] : [address.host];
  return new Set(['localhost', ...own, ...more].map((name) => name.toLowerCase()));
}
