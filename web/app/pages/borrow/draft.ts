import { secondsIn } from '../../parts/duration';
import type { Schemas } from '../../../../src/client';
import { FieldError } from './field-error';
import { borrowHref } from './link';

type Body = Schemas['NewReservation'];
type Item = Schemas['ReservationItem'];

/** An item of the form, as it was typed. */
export interface ItemDraft {
  by: 'pool' | 'kind' | 'resource';
  pool: string;
  kind: string;
  resource: string;
  type: string;
  labels: string;
  count: string;
}

/** The form as it was typed. */
export interface Draft {
  items: readonly ItemDraft[];
  length: 'default' | 'for' | 'until' | 'open';
  for: string;
  until: string;
  note: string;
  priority: string;
  giveUp: string;
  /** `made`: a login is made for the loan. `other`: the typed key. Otherwise a key of the user. */
  login: string;
  publicKey: string;
  username: string;
  onBehalfOf: string;
}

const EMPTY_ITEM: ItemDraft = {
  by: 'pool',
  pool: '',
  kind: '',
  resource: '',
  type: '',
  labels: '',
  count: '1',
};

/** One more item of the form. */
export function newItem(): ItemDraft {
  return { ...EMPTY_ITEM };
}

/**
 * The form as the address fills it in. `pool`, `kind` and `resource` each begin an item; `type`,
 * `label` and `count` belong to the item before them.
 */
export function draftOf(query: URLSearchParams): Draft {
  const length = query.get('for');
  return {
    items: itemsOf(query),
    length: length === 'open' ? 'open' : length ? 'for' : query.get('until') ? 'until' : 'default',
    for: length === 'open' ? '' : (length ?? ''),
    until: localOf(query.get('until') ?? ''),
    note: query.get('note') ?? '',
    priority: query.get('priority') ?? '0',
    giveUp: query.get('giveUp') ?? '',
    login: 'made',
    publicKey: '',
    username: query.get('username') ?? '',
    onBehalfOf: query.get('onBehalfOf') ?? '',
  };
}

function itemsOf(query: URLSearchParams): ItemDraft[] {
  const items: ItemDraft[] = [];
  for (const [name, value] of query) {
    if (name === 'pool' || name === 'kind' || name === 'resource')
      items.push({ ...newItem(), by: name, [name]: value });
    const last = items.at(-1);
    if (!last) continue;
    if (name === 'type' || name === 'count') last[name] = value;
    if (name === 'label') last.labels = last.labels === '' ? value : `${last.labels}, ${value}`;
  }
  return items.length === 0 ? [newItem()] : items;
}

/** As a field for a local time takes it; empty if it is no time. */
function localOf(text: string): string {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) return '';
  const zone = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - zone).toISOString().slice(0, 16);
}

/** The link that fills the form in like this. A login is left out of it. */
export function hrefOfDraft(draft: Draft): string {
  const length = { default: '', for: draft.for, until: '', open: 'open' }[draft.length];
  return borrowHref(
    draft.items.map((item) => ({ ...itemOf(item), labels: pairsOf(item.labels) })),
    [
      ['for', length],
      ['until', draft.length === 'until' ? instantOf(draft.until) : ''],
      ['note', draft.note],
      ['priority', draft.priority === '0' ? '' : draft.priority],
      ['giveUp', draft.giveUp],
      ['username', draft.username],
      ['onBehalfOf', draft.onBehalfOf],
    ],
  );
}

function instantOf(local: string): string {
  const at = new Date(local);
  return Number.isNaN(at.getTime()) ? '' : at.toISOString();
}

/** The call that the form makes. Errors: `FieldError`, if a field does not hold what it should. */
export function bodyOf(draft: Draft, keys: readonly string[]): Body {
  const priority = wholeIn(draft.priority, 'priority');
  const access = accessOf(draft, keys);
  const optional = (name: 'note' | 'onBehalfOf') =>
    draft[name].trim() === '' ? {} : { [name]: draft[name].trim() };
  return {
    items: draft.items.map(checkedItem),
    ...termOf(draft),
    ...(priority > 0 && { priority }),
    ...(draft.giveUp.trim() !== '' && {
      queueTimeoutSeconds: durationIn(draft.giveUp, 'queueTimeoutSeconds'),
    }),
    ...(Object.keys(access).length > 0 && { access }),
    ...optional('note'),
    ...optional('onBehalfOf'),
  };
}

function termOf({ length, for: duration, until }: Draft) {
  switch (length) {
    case 'default':
      return {};
    case 'open':
      return { durationSeconds: null };
    case 'for':
      return { durationSeconds: durationIn(duration, 'durationSeconds') };
    case 'until': {
      const endsAt = instantOf(until);
      if (endsAt === '') throw new FieldError('endsAt', 'Choose a day and a time.');
      return { endsAt };
    }
  }
}

function accessOf({ login, publicKey, username }: Draft, keys: readonly string[]) {
  const key = login === 'other' ? publicKey.trim() : keys.find((each) => each === login);
  if (login === 'other' && key === '')
    throw new FieldError('access.publicKey', 'Paste a public key, one line.');
  return {
    ...(username.trim() !== '' && { username: username.trim() }),
    ...(key !== undefined && { publicKey: key }),
  };
}

function durationIn(text: string, field: string): number {
  const seconds = secondsIn(text);
  if (seconds === null) throw new FieldError(field, 'Write a duration such as 30m or 2 h.');
  return seconds;
}

function wholeIn(text: string, field: string): number {
  if (!/^\d{1,6}$/.test(text.trim())) throw new FieldError(field, 'Write a whole number.');
  return Number(text);
}

function checkedItem(draft: ItemDraft, index: number): Item {
  const at = `items[${index}]`;
  if (draft[draft.by].trim() === '') throw new FieldError(`${at}.${draft.by}`, 'Choose one.');
  const unread = draft.labels.split(',').find((text) => text.trim() !== '' && !text.includes('='));
  if (draft.by === 'kind' && unread !== undefined)
    throw new FieldError(`${at}.labels`, 'Write name=value, separated by commas.');
  return { ...itemOf(draft), count: wholeIn(draft.count, `${at}.count`) };
}

function itemOf({ by, pool, kind, resource, type, labels, count }: ItemDraft): Partial<Item> {
  const whole = { count: Number(count) || 1 };
  if (by === 'resource') return { resource: resource.trim(), ...whole };
  const narrowed = type === '' ? whole : { ...whole, type };
  if (by === 'pool')
    return { ...(pool.includes(',') ? { pools: pool.split(',') } : { pool }), ...narrowed };
  const pairs = pairsOf(labels);
  return {
    kind: kind as Item['kind'],
    ...narrowed,
    ...(Object.keys(pairs).length > 0 && { labels: pairs }),
  };
}

/** The labels in `zone=a, rack=2`. */
export function pairsOf(labels: string): Record<string, string> {
  const pairs = labels.split(',').filter((text) => text.includes('='));
  return Object.fromEntries(
    pairs.map((text) => {
      const at = text.indexOf('=');
      return [text.slice(0, at).trim(), text.slice(at + 1).trim()];
    }),
  );
}
