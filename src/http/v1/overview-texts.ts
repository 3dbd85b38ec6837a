import type { Snapshot } from '../../service/overview/overview';
import type { PoolView } from '../../service/overview/pool-view';
import type { EventGroup, Round } from '../../service/overview/untold';
import { instantOf } from '../instants';
import { poolAnswer } from './overview-answer';

/** Texts of one thing, for the two kinds of callers. */
type Texts = [forOthers?: Buffer, forAdmins?: Buffer];

/** Each text is made once for all who see the same. */
const made = new WeakMap<object, Texts>();

/** All pools as a message of a stream. */
export function allText(all: Snapshot, forAdmins: boolean): Buffer {
  return once(all, forAdmins, () => {
    const { asOf, seq, reservations, pools } = all;
    const head = JSON.stringify({ asOf: instantOf(asOf), seq, reservations });
    const list = pools.map((view) => poolText(view, forAdmins).toString()).join();
    return message(seq, 'overview', `${head.slice(0, -1)},"pools":[${list}]}`);
  });
}

/** A round as messages of a stream; `userId`: of the caller, who sees the events about themselves. */
export function roundText(round: Round, forAdmins: boolean, userId: string): Buffer {
  const shared = once(round, forAdmins, () => sharedText(round, forAdmins));
  if (forAdmins) return shared;
  const own = round.others.filter((group) => group.userId === userId);
  return own.length === 0 ? shared : Buffer.concat([shared, Buffer.from(othersText(own))]);
}

function sharedText(round: Round, forAdmins: boolean): string {
  const { seq, pools, removed, reservations, others } = round;
  return [
    ...removed.map(({ pool: { id, name } }) => toldAs(seq, 'pool.removed', { id, name })),
    ...pools.map((view) => message(view.seq, 'pool', poolText(view, forAdmins).toString())),
    reservations ? toldAs(seq, 'counts', reservations) : '',
    forAdmins ? othersText(others) : '',
  ].join('');
}

function othersText(others: readonly EventGroup[]): string {
  if (others.length === 0) return '';
  const types = [...new Set(others.map(({ type }) => type))];
  const seq = Math.max(...others.map((group) => group.seq));
  return toldAs(seq, 'other', { types, seq });
}

function poolText(view: PoolView, forAdmins: boolean): Buffer {
  return once(view, forAdmins, () => JSON.stringify(poolAnswer(view, forAdmins)));
}

function toldAs(seq: number, type: string, data: object): string {
  return message(seq, type, JSON.stringify(data));
}

function message(seq: number, type: string, data: string): string {
  return `id: ${seq}\nevent: ${type}\ndata: ${data}\n\n`;
}

function once(thing: object, forAdmins: boolean, make: () => string): Buffer {
  const texts = made.get(thing) ?? [];
  made.set(thing, texts);
  return (texts[forAdmins ? 1 : 0] ??= Buffer.from(make()));
}
