import express from 'express';
import { IncomingMessage, ServerResponse, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveApp, createTimedServer } from '../../src/http/timeouts';
import { isSameKind } from '../helpers/kinds';

let server: Server;

beforeEach(() => {
  server = createTimedServer();
});
afterEach(() => server.close());

async function begin(): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

test(
  'requests and responses are created with the prototypes that Express would give them, and ' +
    'are instances of Node’s classes',
  async () => {
    const app = express();
    app.get('/', (request, response) =>
      response.json({
        ip: request.ip,
        is: [request instanceof IncomingMessage, response instanceof ServerResponse],
      }),
    );
    const suited: boolean[] = [];
    // Before the app sees them.
    server.on('request', (request, response) =>
      suited.push(
        Object.getPrototypeOf(request) === app.request,
        Object.getPrototypeOf(response) === app.response,
      ),
    );
    serveApp(app, server);
    const answer = await fetch(await begin());
    expect(await answer.json()).toEqual({ ip: '127.0.0.1', is: [true, true] });
    expect(suited).toEqual([true, true]);
  },
);

test('the messages of two calls are of one kind, with room for all their fields', async () => {
  const app = express();
  const seen: [object, object][] = [];
  app.get('/', (request, response) => {
    seen.push([request, response]);
    response.end();
  });
  serveApp(app, server);
  const url = await begin();
  for (let call = 0; call < 24; call += 1) await (await fetch(url)).text();
  const [one, other] = seen.slice(-2);
  expect([isSameKind(one![0], other![0]), isSameKind(one![1], other![1])]).toEqual([true, true]);
});
