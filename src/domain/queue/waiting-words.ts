import type { Reservation } from '../loans/reservation';
import { POSITION_LIMIT } from './positions';
import type { Because, WaitingItem } from './reasons';

/**
 * Says in a sentence for people why a reservation waits; null unless it is queued or preparing.
 * `waiting`: its items that lack something. Instants are RFC 3339 in UTC, each after "at", so that
 * whoever shows the sentence can put "in 5 min" in their place.
 */
export function waitingWords(
  { status, items }: Pick<Reservation, 'status' | 'items'>,
  waiting: readonly WaitingItem[],
): string | null {
  if (status === 'preparing') return 'access is being opened';
  if (status !== 'queued') return null;
  if (waiting.length === 0) return 'it is being served';
  return waiting.map((item) => wordsOfItem(item, items)).join('; ');
}

/** The reasons of one item, after its number and its count where these could be in doubt. */
function wordsOfItem({ item, missing, because }: WaitingItem, items: Reservation['items']): string {
  const count = items[item]?.count ?? 1;
  const which = [
    ...(items.length > 1 ? [`item ${item + 1}`] : []),
    ...(count > 1 ? [`${missing} of ${count} missing`] : []),
  ];
  const reasons =
    because.length === 0 ? ['nothing that could serve it is free'] : because.map(wordsOf);
  return `${which.join(', ')}${which.length > 0 ? ': ' : ''}${reasons.join(', ')}`;
}

function wordsOf({ reason, count, until }: Because): string {
  const isOne = count === 1;
  const are = `${count} ${isOne ? 'is' : 'are'}`;
  const first = (what: string, limit = '') =>
    until === null
      ? ''
      : ` (${isOne ? '' : 'the first '}${what} at ${new Date(until).toISOString()}${limit})`;
  switch (reason) {
    case 'held':
      return `${are} lent${first('back')}`;
    case 'ahead':
      return isOne ? '1 request is ahead' : `${numberOf(count)} requests are ahead`;
    case 'booked':
      return `${are} kept for others${first('free')}`;
    case 'cleaning':
      return `${are} being made, cleaned or checked${first('ready', ' at the latest')}`;
    case 'maintenance':
      return `${are} in maintenance${first('back')}`;
    case 'quarantined':
      return `${are} in quarantine`;
    case 'none':
      return 'nothing is there that could serve it';
  }
}

/** Requests ahead are counted up to the limit only. */
function numberOf(ahead: number): string {
  return ahead > POSITION_LIMIT ? `more than ${POSITION_LIMIT}` : String(ahead);
}
