import { Stream, type View } from './stream';

/** Delays are counted up to so many ms. */
const LONGEST = 60_000;

/** Asked of this process. */
export type Asked =
  | { do: 'listen'; url: string; views: View[]; count: number }
  /** Cuts a listener so often, in ms, one after the other; 0: no more. */
  | { do: 'cut'; every: number }
  /** Begins to count delays, or ends it. */
  | { do: 'measure'; on: boolean }
  /** The events that each view has to have after `after`; answered when they are there, or in time. */
  | { do: 'check'; after: number; expected: number[][]; within: number };

/** How the listeners fared. */
export interface Found {
  lost: number;
  /** Told twice, or out of order, or not meant for the listener. */
  wrong: number;
  events: number;
  connections: number;
  /** From the event's time to its arrival, in ms. */
  p50: number;
  p99: number;
}

class Listener {
  readonly seqs: number[] = [];
  readonly stream: Stream;

  constructor(url: URL, view: View, onOpen: () => void) {
    const onEvent = (seq: number, text: string) => {
      this.seqs.push(seq);
      if (measuring) note(seq, text);
    };
    this.stream = new Stream(url, view, { onEvent, onOpen });
  }
}

const listeners: Listener[] = [];
const delays = new Uint32Array(LONGEST);
const times = new Map<number, number>();
let measuring = false;
let connections = 0;
let cutting: NodeJS.Timeout | undefined;

/** The time of each event is looked up once. */
function note(seq: number, text: string): void {
  let at = times.get(seq);
  if (at === undefined) times.set(seq, (at = Date.parse(/"at":"([^"]+)"/.exec(text)![1]!)));
  delays[Math.max(0, Math.min(LONGEST - 1, Date.now() - at))]! += 1;
}

function listen({ url, views, count }: Asked & { do: 'listen' }): Promise<void> {
  return new Promise((resolve) => {
    const onOpen = () => {
      connections += 1;
      if (connections === count) resolve();
    };
    for (let index = 0; index < count; index += 1)
      listeners.push(new Listener(new URL(url), views[index % views.length]!, onOpen));
  });
}

function cut(every: number): void {
  clearInterval(cutting);
  let next = 0;
  if (every > 0)
    cutting = setInterval(() => listeners[next++ % listeners.length]!.stream.cut(), every);
}

/** Looks until every listener has the last of its events. */
async function check({ after, expected, within }: Asked & { do: 'check' }): Promise<Found> {
  const until = performance.now() + within;
  const wanted = (index: number) => expected[index % expected.length]!;
  const isBehind = ({ seqs }: Listener, index: number) =>
    (seqs.at(-1) ?? 0) < (wanted(index).at(-1) ?? 0);
  while (listeners.some(isBehind) && performance.now() < until)
    await new Promise((resolve) => setTimeout(resolve, 50));
  let [lost, wrong] = [0, 0];
  listeners.forEach(({ seqs }, index) => {
    const got = seqs.filter((seq) => seq > after);
    const [has, may] = [new Set(got), new Set(wanted(index))];
    lost += [...may].filter((seq) => !has.has(seq)).length;
    wrong += got.filter((seq, at) => !may.has(seq) || (at > 0 && got[at - 1]! >= seq)).length;
  });
  const events = listeners.reduce((sum, { seqs }) => sum + seqs.length, 0);
  return { lost, wrong, events, connections, p50: delayAt(0.5), p99: delayAt(0.99) };
}

function delayAt(share: number): number {
  let left = delays.reduce((sum, count) => sum + count, 0) * share;
  return delays.findIndex((count) => (left -= count) < 0);
}

async function answerTo(asked: Asked): Promise<Found | null> {
  if (asked.do === 'check') return check(asked);
  if (asked.do === 'listen') await listen(asked);
  else if (asked.do === 'cut') cut(asked.every);
  else measuring = asked.on;
  return null;
}

process.on('message', (asked: Asked) => {
  void answerTo(asked).then((answer) => process.send!({ answer }));
});
process.on('disconnect', () => process.exit());
