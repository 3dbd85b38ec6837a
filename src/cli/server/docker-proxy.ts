import { once } from 'node:events';
import { chmodSync, lstatSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import { isIP } from 'node:net';
import { dirname } from 'node:path';
import { takeSignals } from '../../signals';
import { tell } from '../alone';
import { Refusal } from '../exit-codes';

interface ProxyOptions {
  listen: string;
  host: string[];
  engine: string;
  pull: string[];
  holders?: string;
  tlsCert?: string;
  tlsKey?: string;
}

type Address = { path: string } | { host: string; port: number };

/** The owner and the group of the proxy may call it, and nobody else. */
const SOCKET_MODE = 0o660;
const DIRECTORY_MODE = 0o750;

/** Filters calls until a signal ends it. Errors: Refusal. */
export async function runProxy(options: ProxyOptions): Promise<void> {
  const { listen } = options;
  const address = addressOf(listen);
  const stopped = new Promise<void>((resolve) =>
    takeSignals((signal) => (signal === 'SIGHUP' ? tell('SIGHUP is ignored.') : resolve())),
  );
  const server = await (options.holders === undefined ? forServer : forHolders)(options, address);
  if ('path' in address) makeRoom(address.path);
  server.listen(address);
  await once(server, 'listening').catch((error: NodeJS.ErrnoException) => {
    throw new Refusal('config', `--listen: ${listen} cannot be used (${error.code}).`);
  });
  if ('path' in address) chmodSync(address.path, SOCKET_MODE);
  tell(`listening on ${placeOf(server, listen)}`);
  await stopped;
  server.close();
  server.closeAllConnections();
}

const refused = (call: string) => tell(`refused: ${call}`);

async function forServer(options: ProxyOptions, address: Address): Promise<Server> {
  const { engine, host, pull, tlsCert, tlsKey } = options;
  if (tlsCert !== undefined || tlsKey !== undefined)
    throw new Refusal('usage', '--tls-cert and --tls-key need --holders.');
  const { dockerProxy } = await import('../../drivers/docker/proxy.js');
  return dockerProxy(engine, refused, hostsOf(address, host), pull);
}

async function forHolders({ engine, holders, tlsCert, tlsKey }: ProxyOptions): Promise<Server> {
  if ((tlsCert === undefined) !== (tlsKey === undefined))
    throw new Refusal('usage', '--tls-cert and --tls-key come together.');
  const tls =
    tlsCert === undefined
      ? undefined
      : { cert: textOf('--tls-cert', tlsCert), key: textOf('--tls-key', tlsKey!) };
  const { openExecProxy } = await import('../../drivers/docker/exec-proxy.js');
  return openExecProxy(engine, holders!, refused, tls);
}

/** The text of a file that an option names. Errors: Refusal. */
function textOf(option: string, path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Refusal('config', `${option}: ${path} cannot be read (${code}).`);
  }
}

/** Makes the directory of a socket, and removes the socket of an earlier run. Errors: Refusal. */
function makeRoom(path: string): void {
  mkdirSync(dirname(path), { recursive: true, mode: DIRECTORY_MODE });
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found && !found.isSocket())
    throw new Refusal('exists', `--listen: ${path} exists, and is no socket.`);
  rmSync(path, { force: true });
}

/** The place as it was asked for, with the port that the system chose instead of 0. */
function placeOf(server: Server, listen: string): string {
  const address = server.address();
  if (address === null || typeof address === 'string') return listen;
  return listen.replace(/:\d+$/, `:${address.port}`);
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
