import { Holdfast } from '../../src/client';
import { FakeTime } from './support/fake-time';

let time: FakeTime;
let asked: { at: number; wait: string | null }[];

const QUEUED = { id: 'r1', status: 'queued', position: 1, positionIsExact: true, waiting: [] };

/** A client of a server with a request in the queue, which holds each answer for so long, in ms. */
function queued(heldFor: () => number, headers: Record<string, string> = {}): Holdfast {
  time = new FakeTime();
  asked = [];
  const begun = time.now;
  const answer = async (url: string, { method, signal }: RequestInit) => {
    const wait = new URL(url).searchParams.get('wait');
    if (method === 'GET') asked.push({ at: time.now - begun, wait });
    // Asked without a pause, it would be asked for ever.
    if (method === 'GET' && asked.length > 200) throw new TypeError('fetch failed');
    const held = wait === null ? 0 : heldFor();
    if (held > 0)
      await new Promise((resolve, reject) => {
        time.timers.setTimeout(() => resolve(undefined), held);
        signal!.addEventListener('abort', () => reject(signal!.reason as Error));
      });
    return Response.json(QUEUED, { status: method === 'POST' ? 202 : 200, headers });
  };
  const { clock, timers } = time;
  const fetch = answer as never;
  return new Holdfast({ url: 'http://holdfast.invalid', fetch, clock, timers, random: () => 0.5 });
}

/** Lets so many ms pass for who waits, and gives up; gives the times between the questions, in ms. */
async function pausesIn(
  ms: number,
  waiting: (signal: AbortSignal) => Promise<unknown>,
): Promise<number[]> {
  const given = new AbortController();
  const done = waiting(given.signal);
  done.catch(() => {});
  await time.pass(ms);
  given.abort(new Error('enough'));
  await expect(done).rejects.toThrow('enough');
  return asked.slice(1).map(({ at }, index) => at - asked[index]!.at);
}

const WAYS: [string, (holdfast: Holdfast) => (signal: AbortSignal) => Promise<unknown>][] = [
  ['borrow', (of) => (signal) => of.borrow({ items: [{ pool: 'lab' }], signal })],
  ['untilServed', (of) => (signal) => of.untilServed('r1', { signal })],
];

describe.each(WAYS)('%s asks a server', (_way, waitingBy) => {
  test('with pauses that grow up to 5 s when it holds no answers', async () => {
    const pauses = await pausesIn(60_000, waitingBy(queued(() => 0)));
    // The first question asks for no wait, so its answer says nothing about places.
    expect(pauses.slice(0, 5)).toEqual([0, 150, 300, 600, 1_200]);
    expect(Math.max(...pauses)).toBe(3_750);
    expect(asked.length).toBeLessThan(25);
  });

  test('no sooner than Retry-After asks, and each minute at the latest', async () => {
    const patient = await pausesIn(40_000, waitingBy(queued(() => 0, { 'Retry-After': '12' })));
    expect(patient).toEqual([0, 12_000, 12_000, 12_000]);
    const endless = await pausesIn(61_000, waitingBy(queued(() => 0, { 'Retry-After': '86400' })));
    expect(endless).toEqual([0, 60_000]);
  });

  test('again at once where it held the answer', async () => {
    const pauses = await pausesIn(70_000, waitingBy(queued(() => 20_000)));
    expect(pauses).toEqual([0, 20_000, 20_000, 20_000]);
    expect(asked.map(({ wait }) => wait)).toEqual([null, '20', '20', '20', '20']);
  });

  test('with short pauses again after an answer that was held', async () => {
    let asks = 0;
    const pauses = await pausesIn(
      30_000,
      waitingBy(queued(() => ((asks += 1) === 5 ? 20_000 : 0))),
    );
    expect(pauses.slice(0, 7)).toEqual([0, 150, 300, 600, 1_200, 20_000, 150]);
  });
});
