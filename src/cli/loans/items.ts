import type { ReservationItem } from '../../client';
import { Refusal } from '../exit-codes';

const COUNT = /^[1-9]\d{0,3}$/;
/** Fields of an item that are one text. */
const TEXTS = ['pool', 'kind', 'type', 'resource'];

/** The item of `--pool NAME[:COUNT]`. Errors: Refusal `usage`. */
export function poolItem(written: string): ReservationItem {
  const colon = written.lastIndexOf(':');
  const pool = colon === -1 ? written : written.slice(0, colon);
  if (pool === '') throw new Refusal('usage', '--pool: needs a name, such as lab or lab:2.');
  if (colon === -1) return { pool };
  return { pool, count: countOf(written.slice(colon + 1), '--pool') };
}

/**
 * The item of `--item kind=account,type=free,count=2`. Labels are `labels.NAME=VALUE`; several pools
 * are `pools=a|b`, the preferred one first. Errors: Refusal `usage`.
 */
export function fullItem(written: string): ReservationItem {
  const item: Record<string, unknown> = {};
  for (const part of written.split(',')) {
    const at = part.indexOf('=');
    if (at < 1) throw wrong(`${JSON.stringify(part)} is not FIELD=VALUE`);
    const [name, value] = [part.slice(0, at).trim(), part.slice(at + 1).trim()];
    if (TEXTS.includes(name)) item[name] = value;
    else if (name === 'pools') item.pools = value.split('|');
    else if (name === 'count') item.count = countOf(value, '--item: count');
    else if (name.startsWith('labels.'))
      item.labels = { ...(item.labels as object), [name.slice('labels.'.length)]: value };
    else
      throw wrong(`there is no field ${name}; use ${TEXTS.join(', ')}, pools, labels.NAME, count`);
  }
  return item;
}

function wrong(why: string): Refusal {
  return new Refusal('usage', `--item: ${why}.`);
}

function countOf(written: string, place: string): number {
  if (COUNT.test(written)) return Number(written);
  throw new Refusal('usage', `${place}: ${JSON.stringify(written)} is not a whole number from 1.`);
}
