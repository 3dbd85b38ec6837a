import type { Schemas } from '../../../../src/client';

export type Reservation = Schemas['Reservation'];
export type ReservationSummary = Schemas['ReservationList']['items'][number];
export type Item = Schemas['ReservationItem'];

type EndReason = NonNullable<Reservation['endReason']>;

/** How a reservation ended, in words. */
export const ENDINGS: Readonly<Record<EndReason, string>> = {
  released: 'released',
  expired: 'ran out',
  revoked: 'revoked',
  failed: 'failed',
  cancelled: 'cancelled',
  timed_out: 'gave up waiting',
  refused: 'refused',
};

/** An item of a request in words, such as `2 × lab, small`. */
function wordsOfItem(item: Partial<Item>): string {
  const { pool, pools, kind, resource, type, labels = {}, count = 1 } = item;
  const named = resource ?? pool ?? pools?.join(' or ') ?? `any ${kind}`;
  const narrowed = Object.entries(labels).map(([name, value]) => `${name}=${value}`);
  const whole = [named, type, ...narrowed].filter((word) => word !== undefined).join(', ');
  return count === 1 ? whole : `${count} × ${whole}`;
}

/** Every item of a request in words. */
export function wordsOfItems(items: readonly object[]): string {
  return items.map((item) => wordsOfItem(item)).join(' and ');
}

type Named = Pick<Reservation, 'items'> & {
  resources: readonly { name: string }[];
  hasMoreResources?: boolean;
};

/** The names of what a loan has; the words of its request while it has nothing. */
export function nameOf({ items, resources, hasMoreResources }: Named): string {
  if (resources.length === 0) return wordsOfItems(items);
  const names = resources.map(({ name }) => name);
  if (names.length <= 3 && !hasMoreResources) return names.join(', ');
  return hasMoreResources
    ? `${names[0]} and more`
    : `${names[0]}, ${names[1]} and ${names.length - 2} more`;
}
