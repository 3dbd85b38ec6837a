import { SlowCaller } from '../helpers/slow-caller';
import { TestServer } from '../helpers/server';

const LIMIT = 1024;
const LONG = 10_000_000_000;
const HEAD = 'POST /v1/setup HTTP/1.1\r\nHost: here\r\nContent-Type: application/json\r\n';
const PART = 'x'.repeat(100);
/** Enough of them exceed the limit. */
const CHUNK = `64\r\n${PART}\r\n`;

describe('a body', () => {
  let server: TestServer;
  let caller: SlowCaller;
  beforeAll(async () => (server = await TestServer.start({ maxBody: LIMIT })));
  afterAll(() => server.stop());
  beforeEach(async () => (caller = await SlowCaller.connect(server.url)));
  afterEach(() => caller.hangUp());

  test('whose length is too large is refused before any of it is sent', async () => {
    caller.say(`${HEAD}Content-Length: ${LONG}\r\n\r\n`);
    await caller.hears(/^HTTP\/1\.1 413 [^]*"code":"too_large"/);
    caller.dribble(PART, 1);
    expect(await caller.closed()).not.toContain('HTTP/1.1 408');
  });

  test('of unknown length is refused as soon as it is too long, and cut off', async () => {
    caller.say(`${HEAD}Transfer-Encoding: chunked\r\n\r\n${CHUNK.repeat(11)}`);
    await caller.hears(/^HTTP\/1\.1 413 [^]*"code":"too_large"/);
    caller.say(CHUNK.repeat(100));
    expect(await caller.closed()).not.toContain('HTTP/1.1 408');
  });

  test('that nobody reads is cut off as well', async () => {
    const head = HEAD.replace('application/json', 'text/plain');
    caller.say(`${head}Transfer-Encoding: chunked\r\n\r\n${CHUNK}`);
    await caller.hears(/^HTTP\/1\.1 415 /);
    expect(await caller.closed()).not.toContain('HTTP/1.1 408');
  });

  test('is asked for if its sender waits for that', async () => {
    const who = { name: 'Eve', email: 'eve@example.org', password: PART };
    const body = JSON.stringify({ setupToken: 'wrong', ...who });
    caller.say(`${HEAD}Expect: 100-continue\r\nContent-Length: ${body.length}\r\n\r\n`);
    await caller.hears(/^HTTP\/1\.1 100 Continue\r\n\r\n/);
    caller.say(body);
    await caller.hears(/HTTP\/1\.1 401 [^]*"code":"unauthenticated"/);
    expect(caller.heard).not.toContain('Connection: close');
  });

  test.each([
    ['its length is too large', `${HEAD}Content-Length: ${LONG}`, 413],
    ['it is no JSON', `${HEAD.replace('json', 'x')}Content-Length: 9`, 415],
    ['there is nothing', `${HEAD.replace('/v1/setup', '/v1/x')}Content-Length: 9`, 404],
  ])('is not asked for if %s', async (_why, head, status) => {
    caller.say(`${head}\r\nExpect: 100-continue\r\n\r\n`);
    const heard = await caller.closed();
    expect(heard).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
    expect(heard).toContain('Connection: close');
  });

  test('of the right size leaves the connection open', async () => {
    const call = `${HEAD}Content-Length: 2\r\n\r\n{}`;
    caller.say(call);
    await caller.hears(/HTTP\/1\.1 400 /);
    caller.say(`${HEAD}Transfer-Encoding: chunked\r\n\r\n2\r\n[]\r\n0\r\n\r\n`);
    await caller.hears(/HTTP\/1\.1 400 [^]*HTTP\/1\.1 400 /);
    caller.say(call);
    await caller.hears(/(HTTP\/1\.1 400 [^]*){3}/);
  });
});
