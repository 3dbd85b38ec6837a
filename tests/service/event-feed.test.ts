import { setImmediate as turn } from 'node:timers/promises';
import { EventFeed } from '../../src/service/events/feed';
import type { Engine } from '../../src/service/engine';
import type { EventFilter, EventPage, FoundEvent } from '../../src/store/reads';
import { Dice } from '../../bench/dice';
import { turnsOfTheThread } from '../helpers/turns';

const event = (seq: number) =>
  ({ seq, at: 0, type: 'pool.changed', actorKind: null, userId: null }) as FoundEvent;

/** Events that are committed between any two steps of a reader; every third number is missing. */
class Events {
  private readonly all: FoundEvent[] = [];
  private tell: () => void = () => undefined;

  constructor(private readonly dice: Dice) {}

  commit(count: number): void {
    for (let made = 0; made < count; made += 1) {
      const last = this.newest;
      this.all.push(event(last % 3 === 1 ? last + 2 : last + 1));
    }
    setImmediate(() => this.tell());
  }

  get newest(): number {
    return this.all.at(-1)?.seq ?? 0;
  }

  after(seq: number): number[] {
    return this.all.map((each) => each.seq).filter((each) => each > seq);
  }

  get engine(): Engine {
    const lastSeq = () => this.soon(() => this.newest);
    const events = (_filter: EventFilter, page: EventPage) => this.soon(() => this.page(page));
    const onChange = (tell: () => void) => {
      this.tell = tell;
      return () => (this.tell = () => undefined);
    };
    return { store: { read: { lastSeq, events }, onChange } } as unknown as Engine;
  }

  private page({ after, limit, order }: EventPage) {
    const found =
      order === 'desc'
        ? this.all.slice(-limit).reverse()
        : this.all.filter(({ seq }) => seq > (after ?? 0)).slice(0, limit);
    return { found, next: found.length === limit ? found.at(-1)!.seq : null };
  }

  /** Another process may commit before the answer is there, and after it. */
  private async soon<T>(answer: () => T): Promise<T> {
    if (this.dice.fraction() < 0.1) this.commit(this.dice.between(1, 9));
    const found = answer();
    if (this.dice.fraction() < 0.1) this.commit(this.dice.between(1, 9));
    for (let steps = this.dice.between(0, 4); steps > 0; steps -= 1) await Promise.resolve();
    return found;
  }
}

/** Listens, with pauses, until it has the event `until`; gives the numbers that it was told. */
async function heard(
  feed: EventFeed,
  dice: Dice,
  after: number | null,
  until: () => number,
): Promise<{ begin: number; seqs: number[] }> {
  const stop = new AbortController();
  const { told } = feed.follow({}, after, 'ann', stop.signal);
  let begin = -1;
  const seqs: number[] = [];
  for await (const batch of told) {
    for (const each of batch)
      if (typeof each !== 'string') {
        if ('upTo' in each) begin = each.upTo;
        else if ('seq' in each) seqs.push(each.seq);
      }
    for (let turns = dice.between(0, 2); turns > 0; turns -= 1) await turn();
    if (begin >= 0 && (seqs.at(-1) ?? begin) >= until()) break;
  }
  stop.abort();
  return { begin, seqs };
}

test.each(Array.from({ length: 20 }, (_, seed) => seed))(
  'whoever joins, and whenever, is told all after their number, in order, once (%i)',
  async (seed) => {
    const dice = new Dice(seed);
    const events = new Events(dice);
    events.commit(dice.between(0, 2_000));
    const feed = new EventFeed(events.engine);
    let last = Infinity;
    const listeners = Array.from({ length: 30 }, async () => {
      for (let turns = dice.between(0, 60); turns > 0; turns -= 1) await turn();
      const after = dice.fraction() < 0.3 ? null : dice.between(0, events.newest);
      return heard(feed, dice, after, () => last);
    });
    for (let commits = 0; commits < 80; commits += 1) {
      events.commit(dice.between(1, 9));
      await turn();
    }
    last = events.newest;
    // The last commit ends those who have everything.
    events.commit(1);
    for (const { begin, seqs } of await Promise.all(listeners))
      expect(seqs).toEqual(events.after(begin).slice(0, seqs.length));
  },
);

test('a listener who finds nothing for long leaves the thread to others', async () => {
  const turns = turnsOfTheThread();
  const seen: number[] = [];
  const events = (filter: EventFilter, { after, order }: EventPage) => {
    if (order === 'desc') return Promise.resolve({ found: [event(100_000)], next: 99_999 });
    if (filter.types) seen.push(turns.count);
    return Promise.resolve({ found: [], next: filter.types ? (after ?? 0) + 5_000 : null });
  };
  const read = { lastSeq: () => Promise.resolve(100_000), events };
  const engine = { store: { read, onChange: () => () => undefined } } as unknown as Engine;
  const { signal } = new AbortController();
  const filter: EventFilter = { types: ['pool.deleted'] };
  const { told } = new EventFeed(engine).follow(filter, 0, 'ann', signal);
  for await (const batch of told) if (batch.includes('recheck')) break;
  turns.stop();
  expect(seen.length).toBe(20);
  expect(new Set(seen).size).toBe(20);
});
