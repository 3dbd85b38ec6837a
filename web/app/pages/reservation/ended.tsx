import { Time } from '../../parts/time';
import { may } from '../../server/session';
import { borrowHref } from '../borrow/link';
import type { Loan } from './loan';

/** How a loan ended, or a request that got none. */
export function Ended({ loan }: { loan: Loan }) {
  const { endDetail, endedAt, startsAt, resources, items } = loan;
  const lasting = resources.filter(({ rotates }) => !rotates).map(({ name }) => name);
  return (
    <section class="card stack" aria-label="End">
      <p>
        <strong>{sentenceOf(loan)}</strong> <Time at={endedAt} />
        {endDetail ? `: ${endDetail}` : '.'}
      </p>
      {startsAt !== null && lasting.length < resources.length && (
        <p>Its credentials no longer work.</p>
      )}
      {startsAt !== null && lasting.length > 0 && (
        <p>
          The server cannot change the credentials of <bdi>{lasting.join(', ')}</bdi>: do not use
          them any more.
        </p>
      )}
      {may('reserve') && (
        <p>
          <a href={borrowHref(items)}>Borrow the same again</a>
        </p>
      )}
    </section>
  );
}

function sentenceOf({ endReason, startsAt }: Loan): string {
  switch (endReason) {
    case 'released':
      return 'The loan was released';
    case 'expired':
      return 'The time of the loan is over. It ended';
    case 'revoked':
      return startsAt === null ? 'The request was revoked' : 'The loan was revoked';
    case 'failed':
      return 'The loan failed';
    case 'cancelled':
      return 'The request was cancelled';
    case 'timed_out':
      return 'The request gave up waiting';
    case 'refused':
      return 'The request was refused';
    case null:
      return 'It ended';
  }
}
