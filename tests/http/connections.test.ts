import { connect, type Socket } from 'node:net';
import { connectionLimits, tooManyFor } from '../../src/open-files';
import { TestServer } from '../helpers/server';

const POOLS = 'pools: [{ name: lab, kind: account, driver: simulated, size: 1 }]';
const LIVEZ = 'GET /livez HTTP/1.1\r\nHost: here\r\n\r\n';

/** A connection from one of the addresses of this machine. */
class Peer {
  private readonly socket: Socket;
  private heard = '';
  readonly closed: Promise<string>;

  constructor(url: string, from: string) {
    const { port } = new URL(url);
    this.socket = connect({ port: Number(port), host: '127.0.0.1', localAddress: from });
    this.socket.on('error', () => undefined);
    this.socket.setEncoding('utf8').on('data', (text: string) => (this.heard += text));
    this.closed = new Promise((resolve) => this.socket.on('close', () => resolve(this.heard)));
  }

  /** Asks, and gives the status once it is answered; 0 if the connection is closed before. */
  async ask(text: string): Promise<number> {
    this.heard = '';
    this.socket.write(text);
    const answered = new Promise<void>((resolve) => this.socket.once('data', () => resolve()));
    await Promise.race([answered, this.closed]);
    return Number(/^HTTP\/1\.1 (\d+)/.exec(this.heard)?.[1] ?? 0);
  }

  hangUp(): void {
    this.socket.destroy();
  }
}

let server: TestServer;
let peers: Peer[];

beforeEach(() => (peers = []));
afterEach(() => peers.forEach((peer) => peer.hangUp()));

function peer(from: string): Peer {
  const made = new Peer(server.url, from);
  peers.push(made);
  return made;
}

const as = (token: string, line: string) =>
  `${line} HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer ${token}\r\n\r\n`;

async function tokenOf(): Promise<string> {
  const { body } = await (
    await server.admin()
  )
    .post('/v1/tokens')
    .send({ name: 'test', scopes: ['read', 'reserve'] });
  return (body as { token: string }).token;
}

describe('a server with few connections', () => {
  beforeEach(async () => {
    server = await TestServer.start({ pools: POOLS, connections: { most: 20, perAddress: 10 } });
  });

  test('answers probes however many connections say nothing, and closes some of those', async () => {
    const silent = Array.from({ length: 40 }, (_, index) => peer(`127.0.0.${2 + (index % 4)}`));
    for (let round = 0; round < 5; round += 1) expect(await peer('127.0.0.9').ask(LIVEZ)).toBe(200);
    await Promise.race(silent.map(({ closed }) => closed));
  });

  test('serves others while one address has all that it may have', async () => {
    const token = await tokenOf();
    const greedy = Array.from({ length: 14 }, () => peer('127.0.0.2'));
    expect(await greedy[0]!.ask(LIVEZ)).toBe(200);
    expect(await peer('127.0.0.3').ask(as(token, 'GET /v1/pools'))).toBe(200);
  });

  test('keeps an address over its part to probes, and to giving back', async () => {
    const token = await tokenOf();
    const made = await server
      .bearer(token)
      .post('/v1/reservations')
      .send({ items: [{ pool: 'lab' }] });
    const busy = Array.from({ length: 10 }, () => peer('127.0.0.2'));
    for (const each of busy) expect(await each.ask(LIVEZ)).toBe(200);
    const late = () => peer('127.0.0.2');
    expect(await late().ask(as(token, 'GET /v1/pools'))).toBe(503);
    expect(await late().ask(LIVEZ)).toBe(200);
    const { id } = made.body as { id: string };
    expect(await late().ask(as(token, `DELETE /v1/reservations/${id}`))).toBe(204);
  });

  test('holds answers on a part of them only; the other callers are answered at once', async () => {
    const token = await tokenOf();
    const caller = server.bearer(token);
    const reserve = () =>
      caller
        .post('/v1/reservations')
        .set('Connection', 'close')
        .send({ items: [{ pool: 'lab' }] });
    const lent = await reserve();
    const queued = await reserve();
    const { id } = queued.body as { id: string };
    // Half of all connections hold answers, and three quarters of those for one address: 7 of 20.
    const waits = Array.from({ length: 8 }, () =>
      peer('127.0.0.2').ask(as(token, `GET /v1/reservations/${id}?wait=60`)),
    );
    expect(await Promise.race(waits)).toBe(200);
    expect((await caller.get(`/v1/reservations/${id}`)).body).toMatchObject({ status: 'queued' });
    await caller.delete(`/v1/reservations/${(lent.body as { id: string }).id}`).expect(204);
    await caller.delete(`/v1/reservations/${id}`).expect(204);
    expect(await Promise.all(waits)).toEqual(waits.map(() => 200));
  });
});

describe('the limit on open files', () => {
  const unset = { most: undefined, perAddress: undefined };

  test('decides how many connections there are, and half of them may come from one address', () => {
    expect(connectionLimits(unset, 256)).toEqual({ most: 136, perAddress: 68 });
    expect(connectionLimits(unset, 1_000_000)).toEqual({ most: 10_000, perAddress: 5_000 });
    expect(connectionLimits(unset, Infinity)).toEqual({ most: 10_000, perAddress: 5_000 });
    expect(connectionLimits({ most: 50, perAddress: 7 }, 256)).toEqual({ most: 50, perAddress: 7 });
  });

  test('is reported if it is lower than the connections need', () => {
    expect(tooManyFor(136, 256)).toBeNull();
    expect(tooManyFor(1_000, 256)).toMatch(/^MAX_CONNECTIONS: up to 1000 connections need 1120/);
  });
});
