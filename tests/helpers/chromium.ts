import { existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { delimiter, join } from 'node:path';
import { chromium, type Browser } from 'playwright-core';
import { whenDone } from './cleanups';

/** Every name under `example` leads to this machine. */
const RULES = 'MAP *.example 127.0.0.1';

function findChromium(): string | undefined {
  return (process.env.PATH ?? '')
    .split(delimiter)
    .map((folder) => join(folder, 'chromium'))
    .find((path) => existsSync(path));
}

/** Tests in a real browser: skipped, with a message, if there is none; with CI=true they fail. */
export function describeWithChromium(name: string, fn: () => void): void {
  if (findChromium() !== undefined || process.env.CI === 'true') return void describe(name, fn);
  process.stderr.write(`SKIPPED "${name}": there is no chromium\n`);
  describe.skip(name, fn);
}

/** A browser without a window; one for all tests of a file. */
export async function startChromium(): Promise<Browser> {
  const executablePath = findChromium();
  if (executablePath === undefined) throw new Error('There is no chromium: install it.');
  const browser = await chromium.launch({
    executablePath,
    args: [`--host-resolver-rules=${RULES}`, '--no-sandbox', '--disable-popup-blocking'],
  });
  whenDone(() => browser.close());
  return browser;
}

/**
 * A web site of somebody else, under any name, on a port of its own. `/redirect?to=` leads to
 * another address by GET, `/repeat?to=` with the same method and body; `/worker.js` is a service
 * worker that calls `?url=`; everything else is an empty page.
 */
export async function startSite(): Promise<number> {
  const server = createServer(serveSite);
  return listenOnAnyPort(server);
}

/** Listens on this machine, until the tests of the file are done. Gives the port. */
export async function listenOnAnyPort(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  whenDone(() => new Promise((done) => void server.close(() => done()).closeAllConnections()));
  return (server.address() as AddressInfo).port;
}

const WORKER = `
  self.onactivate = (event) => event.waitUntil(clients.claim());
  self.onmessage = ({ data }) => {
    fetch(data.url, { mode: 'no-cors', credentials: 'include' });
    fetch(data.url, { mode: 'no-cors', method: 'POST', body: data.body });
  };
`;

function serveSite(request: IncomingMessage, response: ServerResponse): void {
  const { pathname, searchParams } = new URL(request.url!, 'http://site.example');
  const status = { '/redirect': 302, '/repeat': 307 }[pathname];
  if (status !== undefined)
    return void response.writeHead(status, { Location: searchParams.get('to')! }).end();
  const [type, text] =
    pathname === '/worker.js'
      ? ['text/javascript', WORKER]
      : ['text/html', '<!doctype html><title>x</title><link rel="icon" href="data:,"><p>x'];
  response.writeHead(200, { 'Content-Type': type, 'Cache-Control': 'no-store' }).end(text);
}
