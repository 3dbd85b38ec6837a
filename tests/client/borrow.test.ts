import { Holdfast, NotServedError, UnavailableNowError, type Waiting } from '../../src/client';
import { TestServer } from '../helpers/server';

const POOLS = `
pools:
  - { name: lab, kind: account, driver: simulated, size: 1, lease: { default: 10m, maximum: 1h } }
  - { name: vms, kind: vm, driver: simulated, size: 1, lease: { default: 10m, heartbeat: 30s } }
`;
const LAB = { items: [{ pool: 'lab' }] };

let server: TestServer;
let token: string;
let holdfast: Holdfast;

beforeEach(async () => {
  server = await TestServer.start({ pools: POOLS });
  const ann = await server.user('ann');
  token = (await ann.post('/v1/tokens').send({ name: 'client' })).body.token as string;
  holdfast = new Holdfast({ url: server.url, token });
});

/** A client whose calls go through `by`. */
function through(by: (send: () => Promise<Response>, init: RequestInit) => Promise<Response>) {
  const passed = ((url: string, init: RequestInit) => by(() => fetch(url, init), init)) as never;
  return new Holdfast({ url: server.url, token, fetch: passed });
}

const statuses = async () =>
  (await holdfast.reservations.list().all()).map(({ status, endReason }) => endReason ?? status);

test('what is borrowed has credentials, and is given back at the end of the block', async () => {
  {
    await using loan = await holdfast.borrow({ ...LAB, for: '5m', note: 'a test' });
    expect(loan.resources).toHaveLength(1);
    expect(loan.resources[0]!.credentials).toMatchObject({ password: expect.any(String) });
    expect(loan.expiresAt).toEqual(new Date('2026-01-01T00:05:00Z'));
    expect(loan.reservation).toMatchObject({ note: 'a test' });
    expect(await loan.extend('10m')).toEqual(new Date('2026-01-01T00:15:00Z'));
    expect(await statuses()).toEqual(['active']);
  }
  expect(await statuses()).toEqual(['released']);
});

test('waiting tells place, estimate and reasons, and ends with the loan', async () => {
  const first = await holdfast.borrow({ ...LAB, for: '5m' });
  const told: Waiting[] = [];
  let heard = () => {};
  const waits = new Promise<void>((resolve) => (heard = resolve));
  const second = holdfast.borrow({
    ...LAB,
    onWaiting: (waiting) => {
      told.push(waiting);
      heard();
    },
  });
  await waits;
  expect(told[0]).toMatchObject({
    status: 'queued',
    position: 1,
    positionIsExact: true,
    estimate: new Date('2026-01-01T00:05:00Z'),
    because: [{ item: 0, missing: 1, because: [{ reason: 'held', count: 1 }] }],
    sentence: '1 is lent (back at 2026-01-01T00:05:00.000Z)',
  });
  await first.release();
  await server.test.settle();
  const loan = await second;
  expect(loan.isHeld).toBe(true);
  await loan.release();
});

test('a wait that is given up cancels the request', async () => {
  await using _held = await holdfast.borrow(LAB);
  const given = new AbortController();
  const reason = new Error('enough');
  const waiting = holdfast.borrow({
    ...LAB,
    signal: given.signal,
    onWaiting: () => given.abort(reason),
  });
  await expect(waiting).rejects.toBe(reason);
  expect(await statuses()).toEqual(['active', 'cancelled']);
});

test('a request that is given up before its answer has come is given back all the same', async () => {
  const given = new AbortController();
  const slow = through(async (send, { method }) => {
    const response = await send();
    if (method === 'POST') given.abort(new Error('enough'));
    return response;
  });
  await expect(slow.borrow({ ...LAB, signal: given.signal })).rejects.toThrow('enough');
  expect(await statuses()).toEqual(['released']);
});

test('an answer that gets lost is found again: nothing is borrowed twice', async () => {
  let lost = 0;
  const lossy = through(async (send, { method }) => {
    const response = await send();
    if (method === 'POST' && lost++ === 0) throw new TypeError('terminated');
    return response;
  });
  await using loan = await lossy.borrow({ ...LAB, wait: 0 });
  expect(lost).toBeGreaterThan(1);
  expect(loan.resources).toHaveLength(1);
  expect(await statuses()).toEqual(['active']);
});

test('nobody waits who does not want to, or no longer than they want', async () => {
  await using _held = await holdfast.borrow(LAB);
  await expect(holdfast.borrow({ ...LAB, wait: 0 })).rejects.toThrow(UnavailableNowError);
  const waiting = holdfast.borrow({
    ...LAB,
    wait: '1m',
    onWaiting: () => void server.test.after(60_000),
  });
  await expect(waiting).rejects.toThrow(NotServedError);
});

test('heartbeats are promised each minute, or as often as the pools ask', async () => {
  await using loan = await holdfast.borrow(LAB);
  expect(loan.reservation.heartbeatBy).toBe('2026-01-01T00:01:00.000Z');
  await using other = await holdfast.borrow({ items: [{ pool: 'vms' }] });
  expect(other.reservation.heartbeatBy).toBe('2026-01-01T00:00:30.000Z');
  await expect(
    holdfast.borrow({ items: [{ pool: 'vms' }], heartbeat: '40s' }),
  ).rejects.toMatchObject({ code: 'over_maximum', field: 'heartbeatSeconds' });
});

test('a revocation is known at once', async () => {
  const loan = await holdfast.borrow(LAB);
  const admin = await server.admin();
  await admin.delete(`/v1/reservations/${loan.id}?reason=needed`).expect(204);
  expect(await loan.lost).toMatchObject({ because: 'ended', endReason: 'revoked' });
  await loan.release();
});

test('events are followed from a number on, across streams that break', async () => {
  let streams = 0;
  const breaking = through(async (send, { headers }) => {
    const response = await send();
    if ((headers as Record<string, string>).Accept !== 'text/event-stream') return response;
    streams += 1;
    // Each stream ends after its first event.
    const cut = new TransformStream<Uint8Array, Uint8Array>({
      transform(piece, controller) {
        controller.enqueue(piece);
        if (new TextDecoder().decode(piece).includes('id:')) controller.terminate();
      },
    });
    return new Response(response.body!.pipeThrough(cut), response);
  });
  await using loan = await holdfast.borrow(LAB);
  await loan.extend('1m');
  await loan.extend('1m');
  const types: string[] = [];
  for await (const { type } of breaking.events.follow({ reservation: loan.id, after: 0 })) {
    types.push(type);
    if (types.filter((each) => each === 'reservation.extended').length === 2) break;
  }
  expect(types).toContain('reservation.active');
  expect(streams).toBeGreaterThanOrEqual(1);
  expect(new Set(types.slice(0, -2)).size).toBe(types.length - 2);
});

test.each(['soon', '5 m', '-5m', '', Number.NaN, -1])('%j is no duration', async (written) => {
  await expect(holdfast.borrow({ ...LAB, for: written })).rejects.toMatchObject({
    name: 'InvalidDurationError',
    message: expect.stringContaining('for: '),
  });
});
