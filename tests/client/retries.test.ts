import {
  ConnectionError,
  Holdfast,
  RateLimitedError,
  UnexpectedAnswerError,
} from '../../src/client';
import { refusal } from './support/fake-server';
import { FakeTime } from './support/fake-time';

let time: FakeTime;
let sent: { method: string; key: string | undefined; at: number }[];

type Outcome = Response | Error;
const lost = () => new TypeError('fetch failed');

/** A client whose calls end like this, one after another; the last outcome stays. */
function answering(...outcomes: (() => Outcome)[]): Holdfast {
  time = new FakeTime();
  sent = [];
  const begun = time.now;
  const answer = async (_url: string, { method, headers }: RequestInit) => {
    const key = (headers as Record<string, string>)['Idempotency-Key'];
    sent.push({ method: method!, key, at: time.now - begun });
    const outcome = (outcomes.length > 1 ? outcomes.shift()! : outcomes[0]!)();
    if (outcome instanceof Error) throw outcome;
    return outcome;
  };
  const { clock, timers } = time;
  const fetch = answer as never;
  return new Holdfast({ url: 'http://holdfast.invalid', fetch, clock, timers, random: () => 0.5 });
}

/** The outcome of a call, once so much time has passed, in ms. */
async function after<T>(ms: number, call: Promise<T>): Promise<T> {
  call.catch(() => {});
  await time.pass(ms);
  return call;
}

const ok = () => Response.json({ name: 'lab' });
const torn = () =>
  new Response(
    new ReadableStream({
      start: (controller) => {
        controller.enqueue(new TextEncoder().encode('{"na'));
        controller.error(new TypeError('terminated'));
      },
    }),
  );

test.each([
  ['the connection fails', lost],
  ['the connection drops in the middle of the answer', torn],
  ['the server is busy', () => refusal(503, 'busy')],
  ['a proxy finds no server', () => new Response('<p>', { status: 502 })],
])('a read is repeated when %s', async (_when, fault) => {
  const call = answering(fault, fault, ok).pools.get('lab');
  expect(await after(1_000, call)).toEqual({ name: 'lab' });
  expect(sent).toHaveLength(3);
});

test('a POST is repeated under the same key, each call under one of its own', async () => {
  const holdfast = answering(lost, ok);
  await after(1_000, holdfast.tokens.create({ name: 'x' }));
  await after(1_000, holdfast.tokens.create({ name: 'x' }));
  const keys = sent.map(({ key }) => key);
  expect(keys[0]).toMatch(/^[0-9a-f]{32}$/);
  expect(keys[1]).toBe(keys[0]);
  expect(keys[2]).not.toBe(keys[0]);
});

test('a change without a key is not repeated when its answer is lost', async () => {
  const call = answering(lost, ok).pools.update('lab', { size: 2 });
  await expect(after(1_000, call)).rejects.toThrow(ConnectionError);
  expect(sent).toHaveLength(1);
});

test('a change that was turned away unread is repeated', async () => {
  const call = answering(() => refusal(429, 'rate_limited'), ok).pools.update('lab', { size: 2 });
  expect(await after(1_000, call)).toEqual({ name: 'lab' });
});

test('a deletion that finds nothing any more, after a lost answer, is done', async () => {
  const call = answering(lost, () => refusal(404, 'not_found')).tokens.delete('t1');
  expect(await after(1_000, call)).toBeUndefined();
});

test('Retry-After is obeyed', async () => {
  const call = answering(() => refusal(503, 'busy', { 'Retry-After': '7' }), ok).me.get();
  await after(10_000, call);
  expect(sent.map(({ at }) => at)).toEqual([0, 7_000]);
});

test('a Retry-After that is too long is an error at once, and says how long', async () => {
  const call = answering(() => refusal(429, 'rate_limited', { 'Retry-After': '60' })).me.get();
  const error = await call.catch((caught: unknown) => caught);
  expect(error).toBeInstanceOf(RateLimitedError);
  expect(error).toMatchObject({ retryAfter: 60_000 });
});

test('no Retry-After stops a call that is repeated for ever', async () => {
  const busy = () => refusal(503, 'busy', { 'Retry-After': '999999' });
  const ask = { method: 'GET', path: '/v1/me', retryFor: Infinity };
  await after(61_000, answering(busy, ok).request(ask));
  expect(sent.map(({ at }) => at)).toEqual([0, 60_000]);
});

test('pauses grow, and end after 30 s with the last error', async () => {
  const call = answering(lost).me.get();
  await expect(after(60_000, call)).rejects.toThrow(ConnectionError);
  const pauses = sent.slice(1).map(({ at }, index) => at - sent[index]!.at);
  expect(pauses.slice(0, 4)).toEqual([75, 150, 300, 600]);
  expect(Math.max(...pauses)).toBe(3_750);
  expect(sent.at(-1)!.at).toBeLessThan(30_000);
});

test('a signal ends the call, and the pause before the next', async () => {
  const given = new AbortController();
  const call = answering(lost).me.get({ signal: given.signal });
  call.catch(() => {});
  await time.pass(1_000);
  given.abort(new Error('enough'));
  await expect(call).rejects.toThrow('enough');
  expect(time.timerCount).toBe(0);
});

test('an answer of somebody else is told from a refusal', async () => {
  const call = answering(() => new Response('<p>no', { status: 403 })).me.get();
  await expect(call).rejects.toThrow(UnexpectedAnswerError);
  await expect(call).rejects.toMatchObject({ status: 403 });
});
