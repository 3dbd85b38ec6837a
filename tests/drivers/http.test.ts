import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import {
  createServer as createTcpServer,
  type AddressInfo,
  type Server,
  type Socket,
} from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Webhook } from 'standardwebhooks';
import type { Driver } from '../../src/drivers/driver';
import { httpDriver } from '../../src/drivers/http';
import { addressRule, type Lookup } from '../../src/outbound/addresses';
import { makeHttpDriver } from '../../src/drivers/http/driver';
import { callOf, newThing } from '../contracts/driver';
import { whenDone } from '../helpers/cleanups';
import { listed } from '../helpers/listed';
import { ENV, MAKING, settingsOf } from './http.fixture';
import { SECRET } from './programs/service';

const thing = () => ({ ...newThing('vm'), handle: 'h' });
const failure = (work: Promise<unknown>) =>
  work.then(
    () => null,
    (error: { name: string; scope: string; message: string }) => error,
  );

interface Seen {
  url: string;
  headers: IncomingMessage['headers'];
  body: string;
}

async function listening(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whenDone(() => void server.close());
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

type Answering = (res: ServerResponse, count: number) => void;

/** A service that answers as told, and what it has seen. */
async function serving(answer: Answering): Promise<{ url: string; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((req, res) => {
    const chunks: Buffer[] = [];
    req.on('data', (chunk: Buffer) => chunks.push(chunk));
    req.on('end', () => {
      const body = Buffer.concat(chunks).toString();
      answer(res, seen.push({ url: req.url ?? '', headers: req.headers, body }));
    });
  });
  whenDone(() => server.closeAllConnections());
  return { url: await listening(server), seen };
}

const saying =
  (status: number, body: string | Buffer = '{"ok": true}', headers: object = {}): Answering =>
  (res) =>
    void res.writeHead(status, { ...headers }).end(body);

function driverOf(url: string, settings: Record<string, unknown> = {}, lookup?: Lookup): Driver {
  const driver = makeHttpDriver(settingsOf(url, settings), ENV, lookup);
  whenDone(() => driver.close());
  return driver;
}

const verify = (driver: Driver, call = callOf()) => driver.verify(thing(), null, call);

describe('a message', () => {
  test('is signed by Standard Webhooks, and says what the call is', async () => {
    const { url, seen } = await serving(saying(200));
    const call = { ...callOf(), requestId: 'r1' };
    const target = { ...thing(), name: '☃ "\n\0', fields: { rack: 7 } };
    await driverOf(`${url}/some/path/`).verify(target, null, call);
    const [{ url: path, headers, body }] = seen as [Seen];
    expect(path).toBe('/some/path/verify');
    // A driver of messages never says NotYet, so there is no memo to pass on.
    const { operationId, attempt, requestId } = call;
    expect(new Webhook(SECRET).verify(body, headers as never)).toEqual({
      operation: 'verify',
      ...{ operationId, attempt, requestId },
      traceparent: null,
      installation: 'here',
      target,
      credential: null,
    });
  });

  test('carries the traceparent of the call behind it, if that had one', async () => {
    const { url, seen } = await serving(saying(200));
    const traceparent = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01';
    await verify(driverOf(url), { ...callOf(), traceparent });
    await verify(driverOf(url));
    expect(seen.map(({ headers }) => headers.traceparent)).toEqual([traceparent, undefined]);
    const bodies = seen.map(({ body }) => JSON.parse(String(body)) as { traceparent: unknown });
    expect(bodies.map((body) => body.traceparent)).toEqual([traceparent, null]);
  });

  test('is signed with the secret of a file as it is now', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'holdfast-http-'));
    whenDone(() => rmSync(folder, { recursive: true }));
    const secretFile = join(folder, 'secret');
    const { url, seen } = await serving(saying(200));
    const driver = driverOf(url, { secret: undefined, secretFile });
    expect(await failure(verify(driver))).toMatchObject({
      scope: 'backend',
      message: expect.stringContaining('secret file'),
    });
    for (const secret of [SECRET, Buffer.from('another').toString('base64')]) {
      writeFileSync(secretFile, `whsec_${secret}\n`);
      await verify(driver);
      const { body, headers } = seen.at(-1)!;
      expect(() => new Webhook(secret).verify(body, headers as never)).not.toThrow();
    }
  });

  test('is not sent without its secret', async () => {
    const { url, seen } = await serving(saying(200));
    const error = await failure(verify(driverOf(url, { secret: '${DRIVER_SECRET_OTHER}' })));
    expect(error).toMatchObject({
      scope: 'backend',
      message: expect.stringContaining('DRIVER_SECRET_OTHER'),
    });
    expect(seen).toEqual([]);
  });
});

describe('an answer', () => {
  test.each([
    [400, 'resource'],
    [401, 'resource'],
    [404, 'resource'],
    [409, 'resource'],
    [408, 'backend'],
    [429, 'backend'],
    [500, 'backend'],
    [501, 'backend'],
    [304, 'backend'],
  ])('of %s is a fault of the %s, and is not asked for again', async (status, scope) => {
    const { url, seen } = await serving(saying(status, status === 304 ? '' : 'hunter2'));
    const error = await failure(verify(driverOf(url)));
    expect(error).toMatchObject({ name: 'DriverError', scope });
    expect(error?.message).toContain(String(status));
    expect(error?.message).not.toContain('hunter2');
    expect(seen).toHaveLength(1);
  });

  test.each([301, 302, 303, 307, 308])('that redirects (%s) is not followed', async (status) => {
    const other = await serving(saying(200));
    const { url } = await serving(saying(status, '', { location: `${other.url}/verify` }));
    const error = await failure(verify(driverOf(url)));
    expect(error).toMatchObject({
      scope: 'backend',
      message: expect.stringContaining('not followed'),
    });
    expect(other.seen).toEqual([]);
  });

  test.each([
    ['no JSON', 'hunter2', /not one JSON object/],
    ['no UTF-8', Buffer.from([0x7b, 0xff]), /not UTF-8/],
    ['another field', '{"ok": "hunter2"}', /: ok: /],
  ])('with %s is a fault of the resource', async (_what, body, message) => {
    const { url } = await serving(saying(200, body));
    const error = await failure(verify(driverOf(url)));
    expect(error).toMatchObject({ scope: 'resource', message: expect.stringMatching(message) });
    expect(error?.message).not.toContain('hunter2');
  });

  test.each([
    ['with a length', (res: ServerResponse) => void res.end(Buffer.alloc(2_000, ' '))],
    [
      'without an end',
      (res: ServerResponse) => {
        const more = () => void res.write(Buffer.alloc(65_536, ' '), (error) => error || more());
        more();
      },
    ],
  ])('that is too large, %s, is cut off', async (_how, answer) => {
    const { url } = await serving(answer);
    const error = await failure(verify(driverOf(url, { answerKb: 1 })));
    expect(error).toMatchObject({ scope: 'resource', message: expect.stringContaining('1 KiB') });
  });

  test('that does not come in time is a fault of the back end', async () => {
    const cancel = new AbortController();
    const { url } = await serving(() => cancel.abort());
    const error = await failure(verify(driverOf(url), callOf(undefined, 1, cancel.signal)));
    expect(error).toMatchObject({ scope: 'backend', message: expect.stringContaining('in time') });
  });

  test('of a list comes in pieces', async () => {
    const found = [{ handle: 'a', resourceId: 'b', operationId: 'c' }];
    const { url, seen } = await serving((res, count) =>
      res.end(JSON.stringify({ found, ...(count < 3 && { next: `after ${count}` }) })),
    );
    expect(await listed(driverOf(url), 'pool', callOf())).toHaveLength(3);
    const cursors = seen.map(({ body }) => (JSON.parse(body) as { cursor: string }).cursor);
    expect(cursors).toEqual([null, 'after 1', 'after 2']);
  });
});

describe('a message is sent once more, with the same id,', () => {
  test.each([502, 503, 504])('after %s', async (status) => {
    const { url, seen } = await serving((res, count) =>
      saying(count === 1 ? status : 200, undefined, { 'retry-after': '0' })(res, count),
    );
    await expect(verify(driverOf(url))).resolves.toEqual({ ok: true });
    expect(new Set(seen.map(({ headers }) => headers['webhook-id'])).size).toBe(1);
    expect(seen).toHaveLength(2);
  });

  test('but not a third time', async () => {
    const { url, seen } = await serving(saying(503));
    expect(await failure(verify(driverOf(url)))).toMatchObject({ scope: 'backend' });
    expect(seen).toHaveLength(2);
  });

  test.each(['11', '999999', 'Wed, 21 Oct 2065 07:28:00 GMT', '-1', 'soon'])(
    'but not if the service asks for %s',
    async (after) => {
      const { url, seen } = await serving(saying(503, '', { 'retry-after': after }));
      expect(await failure(verify(driverOf(url)))).toMatchObject({ scope: 'backend' });
      expect(seen).toHaveLength(1);
    },
  );

  test('if the connection is closed before an answer', async () => {
    const { url, seen } = await serving((res, count) =>
      count === 1 ? void res.socket?.destroy() : saying(200)(res, count),
    );
    await expect(verify(driverOf(url))).resolves.toEqual({ ok: true });
    expect(seen).toHaveLength(2);
  });

  test('if it is refused; then the back end is at fault', async () => {
    const server = createTcpServer();
    const url = await listening(server);
    server.close();
    await once(server, 'close');
    const error = await failure(verify(driverOf(url)));
    expect(error).toMatchObject({
      scope: 'backend',
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });
});

describe('addresses', () => {
  const TRICKS = [
    ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '017700000001', '0177.0.0.1'],
    ...['127.255.255.254', '①②⑦.0.0.1', '0.0.0.0', '0', '0.1.2.3', '[::]', '[::1]', '[0:0::1]'],
    ...['[::ffff:127.0.0.1]', '[::ffff:7f00:1]', '[::127.0.0.1]', '[::ffff:0:127.0.0.1]'],
    ...['[64:ff9b::7f00:1]', '[64:ff9b:1::1]', '[2002:7f00:1::]', '[2001:0:7f00:1::]'],
    ...[
      '169.254.169.254',
      '0xa9fea9fe',
      '[::ffff:169.254.169.254]',
      '[fd00:ec2::254]',
      '[fe80::1]',
    ],
    ...[
      '[fec0::1]',
      '[fc00::1]',
      '10.0.0.1',
      '172.16.0.1',
      '192.168.0.1',
      '100.64.0.1',
      '198.18.0.1',
    ],
    ...['192.0.2.1', '224.0.0.1', '255.255.255.255', '240.0.0.1', '[ff02::1]', '[100::1]'],
  ];

  test.each(TRICKS)('%s is refused', async (host) => {
    const error = await failure(verify(driverOf(`http://${host}:9`, { allow: [] })));
    expect(error).toMatchObject({
      scope: 'backend',
      message: expect.stringContaining('is not public'),
    });
  });

  test.each(['localhost', 'localhost.', 'a.localhost'])(
    'a name for the machine, %s, is refused',
    async (host) => {
      const lookup: Lookup = (_host, _options, done) =>
        done(null, [{ address: '127.0.0.1', family: 4 }]);
      const error = await failure(verify(driverOf(`http://${host}:9`, { allow: [] }, lookup)));
      expect(error?.message).toContain('127.0.0.1 is not public');
    },
  );

  /** A TCP server that no one may reach. */
  const trap = async () => {
    const reached: Socket[] = [];
    const server = createTcpServer((socket) => void reached.push(socket.destroy()));
    return { url: await listening(server), reached };
  };

  test.each([
    ['every address', [['127.0.0.1', '127.0.0.1']]],
    ['one of several addresses', [['192.0.43.8', '127.0.0.1']]],
    ['its address at the second look', [['127.0.0.1'], ['192.0.43.8']]],
  ])('a name with %s forbidden is never connected to', async (_what, answers) => {
    const { url, reached } = await trap();
    const lookup: Lookup = (_host, _options, done) =>
      done(
        null,
        (answers.shift() ?? []).map((address) => ({ address, family: 4 })),
      );
    const port = new URL(url).port;
    const driver = driverOf(`http://service.example:${port}`, { allow: [] }, lookup);
    expect((await failure(verify(driver)))?.message).toContain('127.0.0.1 is not public');
    expect(reached).toEqual([]);
  });

  test('a name is looked up once for a connection, which goes where that look said', async () => {
    const { url } = await serving(saying(200));
    let looks = 0;
    const lookup: Lookup = (_host, _options, done) =>
      done(null, [{ address: (looks += 1) === 1 ? '127.0.0.1' : '169.254.169.254', family: 4 }]);
    const driver = driverOf(`http://service.example:${new URL(url).port}`, {}, lookup);
    await expect(verify(driver)).resolves.toEqual({ ok: true });
    expect(looks).toBe(1);
  });

  test.each<[string, string[], boolean]>([
    ['8.8.8.8', [], true],
    ['2606:4700::1111', [], true],
    ['::ffff:8.8.8.8', [], true],
    ['10.1.2.3', ['10.0.0.0/8'], true],
    ['::ffff:10.1.2.3', ['10.0.0.0/8'], true],
    ['11.1.2.3', ['10.0.0.0/8'], true],
    ['192.168.0.1', ['10.0.0.0/8'], false],
    ['127.0.0.1', ['::1'], false],
    ['::1', ['127.0.0.1', '::1'], true],
    ['127.0.0.2', ['127.0.0.1'], false],
    ['no address', ['0.0.0.0/0', '::/0'], false],
  ])('%s with allow %j: %s', (address, allow, allowed) => {
    expect(addressRule(allow)(address)).toBe(allowed);
  });
});

describe('settings', () => {
  test.each([
    ['url', { url: 'http://example.org' }],
    ['url', { url: 'ftp://example.org' }],
    ['url', { url: 'https:example.org' }],
    ['url', { url: 'https://user:secret@example.org' }],
    ['url', { url: 'https://example.org/?a=b' }],
    ['url', { url: 'https://example.org/#a' }],
    ['secret', { secret: undefined }],
    ['secret', { secretFile: '/run/secret' }],
    ['secret', { secret: 'hunter2' }],
    ['secret', { secret: '${MASTER_KEY}' }],
    ['secretFile', { secret: undefined, secretFile: 'secret' }],
    ['allow.0', { allow: ['localhost'] }],
    ['calls', { calls: ['verify'] }],
    ['calls', { calls: [...MAKING, 'openAccess'] }],
    ['replaces', { calls: ['verify', 'clean'], replaces: true }],
  ])('with a wrong %s are refused: %j', (field, settings) => {
    const right = { url: 'https://example.org', calls: MAKING, secret: '${DRIVER_SECRET_A}' };
    expect(httpDriver.settings.safeParse(right).success).toBe(true);
    const { error } = httpDriver.settings.safeParse({ ...right, ...settings });
    expect(error?.issues.map(({ path }) => path.join('.'))).toContain(field);
  });
});
