import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConnectionError, Holdfast, UnexpectedAnswerError } from '../../src/client';
import { textOf } from '../../src/client/answer-text';
import { messagesOf } from '../../src/client/event-stream';
import { whenDone } from '../helpers/cleanups';

/** A server that answers as it likes; gives its address. */
async function serving(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  whenDone(() => void server.close().closeAllConnections());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const TOKEN = 'hf_a-secret';
const client = (url: string) => new Holdfast({ url, token: TOKEN, retryFor: 0 });
const json = (text: string, type = 'application/json') =>
  serving((_request, response) => void response.writeHead(200, { 'Content-Type': type }).end(text));
const failure = (call: Promise<unknown>) =>
  call.then(
    () => 'none',
    (error: unknown) => error,
  );

describe.each([301, 302, 303, 307, 308])('a redirect (%d)', (status) => {
  test.each([
    ['another host', (other: string) => other],
    ['this host', () => ''],
  ])('to %s is not followed, and nothing goes there', async (_where, originOf) => {
    const elsewhere: IncomingMessage[] = [];
    const other = await serving((request, response) => {
      elsewhere.push(request);
      response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
    });
    const origin = originOf(other);
    const url = await serving((request, response) => {
      if (request.url === '/there') elsewhere.push(request);
      response.writeHead(status, { Location: `${origin}/there` }).end();
    });
    const calls = [
      () => client(url).me.get(),
      () => client(url).setup.create({ setupToken: 's', name: 'a', email: 'a@b.c', password: 'p' }),
      () => client(url).events.follow().next(),
    ];
    for (const call of calls) {
      const error = await failure(call());
      expect(error).toBeInstanceOf(UnexpectedAnswerError);
      expect((error as Error).message).toContain(`it leads to ${origin || url}/there, and`);
    }
    expect(elsewhere).toEqual([]);
  });
});

test.each([
  ['a page where an answer should be', '<p>Sign in to this network', 'text/html; charset=utf-8'],
  ['JSON that is torn', '{"id":', 'application/json'],
])('%s is told as such', async (_what, text, type) => {
  const error = await failure(client(await json(text, type)).me.get());
  expect(error).toBeInstanceOf(UnexpectedAnswerError);
});

test.each(['null', '[]', '{}', '{"items":{"length":1}}', '"text"', '7'])(
  'a list that is %s is told as such',
  async (text) => {
    const error = await failure(
      client(await json(text))
        .pools.list()
        .all(),
    );
    expect(error).toBeInstanceOf(UnexpectedAnswerError);
  },
);

test('a problem cannot reach the prototype of anything', async () => {
  const text = '{"code":"__proto__","detail":"x","__proto__":{"polluted":1},"constructor":{}}';
  const url = await serving((_request, response) => void response.writeHead(409).end(text));
  const error = await failure(client(url).me.get());
  expect(error).toMatchObject({ code: '__proto__', status: 409 });
  expect(({} as { polluted?: number }).polluted).toBeUndefined();
  expect((error as { polluted?: number }).polluted).toBeUndefined();
});

test('an answer without an end is given up, and its connection closed', async () => {
  let closed!: () => void;
  const isClosed = new Promise<void>((resolve) => (closed = resolve));
  const url = await serving((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    const more = () => {
      while (response.write(' '.repeat(65_536)));
    };
    response.on('drain', more).on('close', closed);
    more();
  });
  await expect(textOf(await fetch(url), 1_000_000)).rejects.toThrow('it is far too long');
  await isClosed;
});

test('an event without an end is given up', async () => {
  const body = new Blob(['id: 1\ndata: {}\n\n', `data: ${'x'.repeat(1_000)}`]).stream();
  const read = async () => {
    const seen: string[] = [];
    for await (const { id } of messagesOf(body, 100)) seen.push(id);
    return seen;
  };
  await expect(read()).rejects.toThrow('an event of it has no end');
});

test('an answer that trickles is given up with the patience of the call', async () => {
  const url = await serving((_request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' }).write('{');
  });
  const error = await failure(client(url).request({ method: 'GET', path: '/x', patience: 50 }));
  expect(error).toBeInstanceOf(ConnectionError);
});
