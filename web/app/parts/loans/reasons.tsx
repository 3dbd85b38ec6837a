import type { Schemas } from '../../server/client';
import { Time } from '../time';
import { wordsOfItem } from './words';

type WaitingItem = Schemas['WaitingItem'];
type Because = WaitingItem['because'][number];

/** Why a request waits, item by item. `items`: the request as it was sent. */
export function Reasons({
  of,
  items,
}: {
  of: readonly WaitingItem[];
  items: readonly Readonly<Record<string, unknown>>[];
}) {
  const waiting = of.filter(({ missing }) => missing > 0);
  return (
    <ul class="reasons">
      {waiting.map(({ item, missing, because }) => (
        <li key={item}>
          <strong>
            <bdi>{wordsOfItem(items[item] ?? {})}</bdi>
          </strong>
          {`: ${missing} missing. `}
          {because.map((reason) => (
            <span key={reason.reason} class="reason">
              <Reason of={reason} />{' '}
            </span>
          ))}
        </li>
      ))}
    </ul>
  );
}

function Reason({ of: { reason, count, until } }: { of: Because }) {
  const are = `${count} ${count === 1 ? 'is' : 'are'}`;
  const when = (words: string) =>
    until !== undefined && (
      <>
        {words} <Time at={until} />
      </>
    );
  switch (reason) {
    case 'held':
      return (
        <>
          {are} lent{when(', the first comes back')}.
        </>
      );
    case 'ahead':
      return <>{count === 1 ? '1 request is' : `${count} requests are`} ahead.</>;
    case 'booked':
      return (
        <>
          {are} kept for others{when(', the first becomes free')}.
        </>
      );
    case 'cleaning':
      return (
        <>
          {are} being made, cleaned or checked{when(', ready at the latest')}.
        </>
      );
    case 'maintenance':
      return (
        <>
          {are} in maintenance{when(', the first comes back')}.
        </>
      );
    case 'quarantined':
      return <>{are} in quarantine.</>;
    case 'none':
      return <>Nothing is there now that could serve it.</>;
  }
}
