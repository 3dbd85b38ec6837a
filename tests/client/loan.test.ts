import { Holdfast, LoanLostError, LoanReleasedError, type Loan } from '../../src/client';
import { FakeServer, refusal } from './support/fake-server';
import { FakeTime, settled } from './support/fake-time';

const MINUTE = 60_000;

let time: FakeTime;
let server: FakeServer;

/** A client of a server whose leases last so long, in ms. */
function setUp(lease: { length: number; silence?: number }): Holdfast {
  time = new FakeTime();
  server = new FakeServer(time, lease);
  const { fetch } = server;
  return new Holdfast({
    url: 'http://holdfast.invalid',
    token: 't',
    ...{ fetch, clock: time.clock, timers: time.timers, random: () => 0.5 },
  });
}

const borrowed = (holdfast: Holdfast, fields: object = {}): Promise<Loan> =>
  holdfast.borrow({ items: [{ pool: 'lab' }], ...fields });

/** Lets time pass until the loan is lost; gives how much that was. */
async function timeToLoss(loan: Loan, most: number): Promise<number> {
  const begun = time.now;
  let lost = false;
  void loan.lost.then(() => (lost = true));
  while (!lost && time.now - begun < most) await time.pass(100);
  return lost ? time.now - begun : Infinity;
}

afterEach(async () => {
  // A loan that is over leaves nothing behind that runs.
  await time.pass(10 * MINUTE);
});

describe('a loan is lost', () => {
  test('before its lease ends at the server, while the server is there', async () => {
    const loan = await borrowed(setUp({ length: 10 * MINUTE }));
    const after = await timeToLoss(loan, 11 * MINUTE);
    expect(after).toBeLessThanOrEqual(10 * MINUTE - 2_000);
    expect(after).toBeGreaterThan(10 * MINUTE - 4_000);
    expect(await loan.lost).toMatchObject({ because: 'overdue', endReason: null });
  });

  test.each([
    ['when the network is gone', () => void (server.unreachable = true)],
    ['when nothing is answered any more', () => void (server.delay = Infinity)],
    ['when a proxy answers', () => void (server.answer = () => new Response('', { status: 502 }))],
  ])('before the server gives it to others, %s', async (_when, breakDown) => {
    const loan = await borrowed(setUp({ length: 10 * MINUTE, silence: 30_000 }));
    await time.pass(15_000);
    breakDown();
    const { heartbeatBy } = server;
    expect(await timeToLoss(loan, MINUTE)).toBeLessThan(MINUTE);
    expect(time.now).toBeLessThan(heartbeatBy);
    expect(loan.signal.reason).toBeInstanceOf(LoanLostError);
  });

  test('counted from before its question was sent, however late the answer was', async () => {
    const holdfast = setUp({ length: 20_000 });
    server.delay = 6_000;
    const pending = borrowed(holdfast, { heartbeat: null });
    await time.pass(6_000);
    // The heartbeat that is to tell more is as slow.
    await time.pass(6_000);
    const loan = await pending;
    server.unreachable = true;
    await timeToLoss(loan, MINUTE);
    expect(time.now).toBeLessThan(server.endsAt);
  });

  test('with the margin that was asked for', async () => {
    const loan = await borrowed(setUp({ length: 10 * MINUTE }), { margin: '1m' });
    const after = await timeToLoss(loan, 11 * MINUTE);
    expect(after).toBeLessThanOrEqual(9 * MINUTE);
    expect(after).toBeGreaterThan(9 * MINUTE - 2_000);
  });

  test('as soon as the machine wakes up after its time, before any timer has run', async () => {
    const loan = await borrowed(setUp({ length: 10 * MINUTE, silence: 30_000 }));
    time.sleep(MINUTE);
    expect(loan.isHeld).toBe(false);
    expect(await loan.lost).toMatchObject({ because: 'overdue' });
  });

  test('within a second of waking up, if nobody asks', async () => {
    const loan = await borrowed(setUp({ length: 10 * MINUTE, silence: 30_000 }));
    const aborted = jest.fn();
    loan.signal.addEventListener('abort', aborted);
    // The stream of events is open by then.
    await time.pass(2_000);
    time.sleep(MINUTE);
    await time.pass(1_000);
    expect(aborted).toHaveBeenCalledTimes(1);
  });

  test('at once when an admin revokes it, by the stream of events', async () => {
    const loan = await borrowed(setUp({ length: 10 * MINUTE }));
    await settled();
    server.revoke(true);
    await settled();
    expect(loan.isHeld).toBe(false);
    expect(await loan.lost).toEqual({
      ...{ because: 'ended', endReason: 'revoked', detail: 'By Ada.' },
    });
  });

  test('with the next heartbeat when an admin revokes it and there is no stream', async () => {
    const holdfast = setUp({ length: 60 * MINUTE });
    server.answer = ({ path }) =>
      path.startsWith('/v1/events') ? refusal(403, 'forbidden') : undefined;
    const loan = await borrowed(holdfast);
    await time.pass(5 * MINUTE);
    server.revoke(false);
    expect(await timeToLoss(loan, MINUTE)).toBeLessThanOrEqual(30_100);
    expect(await loan.lost).toMatchObject({ because: 'ended' });
  });

  test('as soon as a stream that was broken is open again, if it ended meanwhile', async () => {
    const loan = await borrowed(setUp({ length: 60 * MINUTE }));
    await settled();
    server.breakStreams();
    server.revoke(false);
    expect(await timeToLoss(loan, MINUTE)).toBeLessThan(1_000);
    expect(await loan.lost).toMatchObject({ because: 'ended', endReason: 'revoked' });
  });

  test('also where it ended while a heartbeat of before was under way', async () => {
    const loan = await borrowed(setUp({ length: 60 * MINUTE }));
    await time.pass(29_000);
    server.delay = 2_000;
    await time.pass(1_500);
    expect(server.count('POST', /heartbeat$/)).toBe(1);
    server.delay = 0;
    server.breakStreams();
    server.revoke(false);
    expect(await timeToLoss(loan, MINUTE)).toBeLessThan(6_000);
  });

  test('once, and is given back for whatever the server still holds', async () => {
    const loan = await borrowed(setUp({ length: 10 * MINUTE, silence: 30_000 }));
    server.unreachable = true;
    await timeToLoss(loan, MINUTE);
    server.unreachable = false;
    await time.pass(MINUTE);
    expect(server.count('DELETE', /r1$/)).toBe(1);
    expect(server.count('POST', /heartbeat$/)).toBeLessThan(4);
  });
});

describe('a loan lives on', () => {
  test('by its heartbeats, for as long as its lease', async () => {
    const loan = await borrowed(setUp({ length: 60 * MINUTE, silence: 30_000 }));
    expect(await timeToLoss(loan, 50 * MINUTE)).toBe(Infinity);
    await loan.release();
  });

  test('through a restart of the server', async () => {
    const loan = await borrowed(setUp({ length: 60 * MINUTE, silence: 60_000 }));
    await time.pass(30_000);
    server.unreachable = true;
    server.breakStreams();
    expect(await timeToLoss(loan, 20_000)).toBe(Infinity);
    server.unreachable = false;
    expect(await timeToLoss(loan, 10 * MINUTE)).toBe(Infinity);
    await loan.release();
  });

  test('when an answer of before it was extended comes last', async () => {
    const loan = await borrowed(setUp({ length: 10 * MINUTE, silence: 60_000 }));
    await time.pass(15_000);
    server.delay = 8_000;
    await time.pass(5_000);
    expect(server.count('POST', /heartbeat$/)).toBe(1);
    server.delay = 0;
    const end = await loan.extend('5m');
    await time.pass(8_000);
    expect(loan.expiresAt).toEqual(end);
    expect(await timeToLoss(loan, 14 * MINUTE)).toBe(Infinity);
    await loan.release();
  });

  test('when it was served while an answer was held for longer than it may be silent', async () => {
    const holdfast = setUp({ length: 10 * MINUTE, silence: 10_000 });
    server.answer = ({ method, path }) => {
      const isFirst = method === 'POST' && path === '/v1/reservations';
      if (isFirst || path === '/v1/reservations/r1')
        return Response.json({ id: 'r1', status: 'queued', waiting: [] }, { status: 202 });
      // Served right at the start of the time for which the answer is held.
      server.answer = () => undefined;
      server.begin();
      server.heartbeatBy += 9_000;
      time.now += 9_000;
      return undefined;
    };
    const loan = await borrowed(holdfast);
    expect(loan.isHeld).toBe(true);
    expect(await timeToLoss(loan, MINUTE)).toBe(Infinity);
    await loan.release();
  });

  test('when heartbeats are slow', async () => {
    const loan = await borrowed(setUp({ length: 60 * MINUTE, silence: 60_000 }));
    await time.pass(5_000);
    server.delay = 9_000;
    expect(await timeToLoss(loan, 10 * MINUTE)).toBe(Infinity);
    server.delay = 0;
    await loan.release();
  });

  test('when it is extended, and tells its new end', async () => {
    const loan = await borrowed(setUp({ length: 10 * MINUTE }));
    const before = loan.expiresAt!;
    expect(await loan.extend('5m')).toEqual(new Date(before.getTime() + 5 * MINUTE));
    expect(await timeToLoss(loan, 14 * MINUTE)).toBe(Infinity);
    expect(await timeToLoss(loan, MINUTE)).toBeLessThan(MINUTE);
    await expect(loan.extend('1m')).rejects.toThrow(LoanLostError);
  });
});

describe('release', () => {
  test('gives back once, aborts the signal, and is no loss', async () => {
    const loan = await borrowed(setUp({ length: 10 * MINUTE }));
    const lost = jest.fn();
    void loan.lost.then(lost);
    await Promise.all([loan.release(), loan.release(), loan[Symbol.asyncDispose]()]);
    await time.pass(20 * MINUTE);
    expect(server.count('DELETE', /r1$/)).toBe(1);
    expect(loan.signal.reason).toBeInstanceOf(LoanReleasedError);
    expect(lost).not.toHaveBeenCalled();
    expect(time.timerCount).toBe(0);
  });

  test('tries again where its answer gets lost, and takes "not found" for done', async () => {
    const loan = await borrowed(setUp({ length: 10 * MINUTE }));
    let tries = 0;
    server.answer = ({ method }) => {
      if (method !== 'DELETE') return undefined;
      if (++tries === 1) throw new TypeError('terminated');
      return refusal(404, 'not_found');
    };
    const released = loan.release();
    await time.pass(1_000);
    await released;
    expect(tries).toBe(2);
  });
});
