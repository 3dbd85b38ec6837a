import { once } from 'node:events';
import { createServer, type ServerResponse } from 'node:http';
import { createServer as createTcpServer, type AddressInfo, type Server } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Lookup } from '../../src/outbound/addresses';
import { webhookSender } from '../../src/outbound/webhook-sender';
import { whenDone } from '../helpers/cleanups';

const SECRETS = ['one secret, long enough', 'another one, long enough'].map(
  (text) => `whsec_${Buffer.from(text).toString('base64')}`,
);
const FORBIDDEN = 'is not public, and not listed in WEBHOOK_ALLOW';

async function listening(server: Server): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  whenDone(() => void server.close());
  return (server.address() as AddressInfo).port;
}

interface Seen {
  headers: Record<string, string>;
  body: string;
}

async function receiving(
  answer: (res: ServerResponse) => void = (res) => void res.writeHead(204).end(),
): Promise<{ port: number; seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer((req, res) => {
    let body = '';
    req.on('data', (chunk: Buffer) => (body += chunk.toString()));
    req.on('end', () => {
      seen.push({ headers: req.headers as Record<string, string>, body });
      answer(res);
    });
  });
  whenDone(() => server.closeAllConnections());
  return { port: await listening(server), seen };
}

async function send(
  url: string,
  { allow = [], lookup, signal }: { allow?: string[]; lookup?: Lookup; signal?: AbortSignal } = {},
) {
  const sender = webhookSender(allow, lookup);
  const message = { url, id: 'w1_1', at: Date.now(), body: '{"seq":1}', secrets: SECRETS };
  try {
    return await sender.send(message, signal ?? AbortSignal.timeout(10_000));
  } finally {
    await sender.close();
  }
}

const finding =
  (...answers: string[][]): Lookup =>
  (_host, _options, done) =>
    done(
      null,
      (answers.length > 1 ? answers.shift()! : answers[0]!).map((address) => ({
        address,
        family: address.includes(':') ? 6 : 4,
      })),
    );

test('a message is signed once with each secret, and the library takes either', async () => {
  const { port, seen } = await receiving();
  const outcome = await send(`http://127.0.0.1:${port}/`, { allow: ['127.0.0.1'] });
  expect(outcome).toEqual({ status: 204, error: null, retryAfter: null });
  const [{ headers, body }] = seen as [Seen];
  for (const secret of SECRETS)
    expect(new Webhook(secret).verify(body, headers)).toEqual({ seq: 1 });
  expect(headers['webhook-id']).toBe('w1_1');
});

const V4 = [
  ...['127.0.0.1', '127.1', '2130706433', '0x7f000001', '0x7f.1', '017700000001', '0177.0.0.1'],
  ...['127.255.255.254', '①②⑦.0.0.1', '0.0.0.0', '0', '0.1.2.3', '10.0.0.1', '10.255.255.255'],
  ...['0x0a000001', '167772161', '172.16.0.1', '172.31.255.255', '192.168.0.1', '192.168.1'],
  ...['100.64.0.1', '100.100.100.200', '169.254.169.254', '0xa9fea9fe', '2852039166', '169.254.1'],
  ...['169.254.170.2', '192.0.0.192', '192.0.2.1', '198.18.0.1', '198.51.100.1', '203.0.113.1'],
  ...['224.0.0.1', '240.0.0.1', '255.255.255.255', '127.0.0.1.', '0x7f.0.0.1'],
];
const V6 = [
  ...['::', '::1', '0:0::1', '::ffff:127.0.0.1', '::ffff:7f00:1', '::127.0.0.1', '::7f00:1'],
  ...['::ffff:0:127.0.0.1', '64:ff9b::7f00:1', '64:ff9b:1::1', '2002:7f00:1::', '2002:a00:1::'],
  ...['2001:0:7f00:1::', '::ffff:169.254.169.254', '::ffff:10.0.0.1', 'fd00:ec2::254', 'fe80::1'],
  ...['febf::1', 'fec0::1', 'fc00::1', 'fdff::1', 'ff02::1', '100::1', '2001:db8::1'],
];

test.each([...V4, ...V6.map((address) => `[${address}]`)])(
  '%s is never connected to',
  async (host) => {
    const outcome = await send(`https://${host}:9/`);
    expect(outcome).toMatchObject({ status: null, error: expect.stringContaining(FORBIDDEN) });
  },
);

test('the table has sixty addresses', () =>
  expect(V4.length + V6.length).toBeGreaterThanOrEqual(60));

test.each<[string, string[][]]>([
  ['every address', [['127.0.0.1', '10.0.0.1']]],
  ['one of several addresses', [['192.0.43.8', '127.0.0.1']]],
  ['an address within IPv6', [['::ffff:127.0.0.1']]],
])('a name with %s forbidden is never connected to', async (_what, answers) => {
  const reached: unknown[] = [];
  const port = await listening(createTcpServer((socket) => void reached.push(socket.destroy())));
  for (const protocol of ['http', 'https']) {
    const url = `${protocol}://hooks.example:${port}/`;
    const { error } = await send(url, { lookup: finding(...answers) });
    expect(error).toContain(FORBIDDEN);
  }
  expect(reached).toEqual([]);
});

test('a name is looked up once for a connection, so a later answer changes nothing', async () => {
  const { port, seen } = await receiving();
  const lookup = finding(['127.0.0.1'], ['169.254.169.254']);
  const outcome = await send(`http://hooks.example:${port}/`, { allow: ['127.0.0.0/8'], lookup });
  expect([outcome.status, seen.length]).toEqual([204, 1]);
});

test.each([
  ['an address', ['127.0.0.1'], 204],
  ['a network', ['127.0.0.0/8'], 204],
  ['a host', ['hooks.example'], 204],
  ['another host', ['other.example'], null],
  ['another network', ['10.0.0.0/8'], null],
])('WEBHOOK_ALLOW may list %s', async (_what, allow, status) => {
  const { port } = await receiving();
  const url = `http://HOOKS.example:${port}/`;
  expect((await send(url, { allow, lookup: finding(['127.0.0.1']) })).status).toBe(status);
});

test('a public address is not called without TLS', async () => {
  const { error } = await send('http://hooks.example:9/', { lookup: finding(['192.0.43.8']) });
  expect(error).toContain('192.0.43.8 is not public, and not listed');
});

test.each([301, 302, 303, 307, 308])('a redirect (%s) is not followed', async (status) => {
  const other = await receiving();
  const { port } = await receiving((res) =>
    res.writeHead(status, { location: `http://127.0.0.1:${other.port}/` }).end(),
  );
  const outcome = await send(`http://127.0.0.1:${port}/`, { allow: ['127.0.0.1'] });
  expect(outcome).toMatchObject({ status, error: expect.stringContaining('not followed') });
  expect(other.seen).toEqual([]);
});

test('an answer without an end is not waited for, and says nothing in the error', async () => {
  const { port } = await receiving((res) => void res.writeHead(500).write('hunter2'));
  const outcome = await send(`http://127.0.0.1:${port}/`, { allow: ['127.0.0.1'] });
  expect(outcome).toEqual({ status: 500, error: 'It answered 500.', retryAfter: null });
});

test('a pause that is asked for is told in ms; one in other words is passed over', async () => {
  const pause = async (after: string) => {
    const { port } = await receiving((res) => res.writeHead(429, { 'retry-after': after }).end());
    return (await send(`http://127.0.0.1:${port}/`, { allow: ['127.0.0.1'] })).retryAfter;
  };
  expect([await pause('7'), await pause('soon')]).toEqual([7_000, null]);
});

test('a receiver that does not answer is given up at the deadline', async () => {
  const { port } = await receiving(() => undefined);
  const outcome = await send(`http://127.0.0.1:${port}/`, {
    allow: ['127.0.0.1'],
    signal: AbortSignal.timeout(1),
  });
  expect(outcome).toMatchObject({ status: null, error: 'It did not answer in time.' });
});
