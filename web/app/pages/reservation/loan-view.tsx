import { useState } from 'preact/hooks';
import { Failure } from '../../parts/failure';
import { PageHead } from '../../parts/page-head';
import { nameOf } from '../../parts/loans/words';
import { Status } from '../../parts/loans/status';
import { holdfast } from '../../server/client';
import { useRead } from '../../server/query';
import { may, me } from '../../server/session';
import { Afterwards } from './afterwards';
import { Commands } from './commands';
import { Ended } from './ended';
import { EventList } from './event-list';
import { Heartbeats } from './heartbeats';
import { Held } from './held';
import { Lease } from './lease';
import { isPending, warningAt, type Loan } from './loan';
import { Note } from './note';
import { useArrival, useTitle, useWhileHidden } from './notices';
import { Waiting } from './waiting';

interface LoanViewProps {
  loan: Loan;
  failure: unknown;
  again: () => void;
}

/** Everything about a loan. */
export function LoanView({ loan, failure, again }: LoanViewProps) {
  const { status, userId } = loan;
  const isMine = userId === me.value?.id;
  const mayAct = may('reserve') && (isMine || may('admin'));
  const terms = useTerms(loan);
  // It waited while this page was open, so its arrival is news.
  const [hasWaited] = useState(isPending(loan));
  const name = nameOf(loan);
  const warnsAt = warningAt(loan, terms.notices);
  useArrival(loan, name, hasWaited);
  useTitle({ loan, name, hasWaited, warnsAt });
  useWhileHidden({ loan, name, warnsAt, again });
  return (
    <>
      <PageHead
        title={isPending(loan) ? `Waiting for ${name}` : name}
        about={<About loan={loan} isMine={isMine} />}
      />
      <Failure of={failure} retry={again} />
      <div class="stack loan">
        {isPending(loan) && <Waiting {...{ loan, mayAct, again }} isOthers={!isMine} />}
        {status === 'active' && (
          <Lease {...{ loan, mayAct, again, warnsAt }} isOthers={!isMine} most={terms.most} />
        )}
        {status === 'ended' && <Ended loan={loan} />}
        {status === 'ended' && loan.startsAt !== null && <Afterwards loan={loan} />}
        {isMine && may('reserve') && <Heartbeats loan={loan} again={again} />}
        <Held loan={loan} isMine={isMine} />
        {isMine && status === 'active' && <Commands loan={loan} />}
        {(loan.note !== null || mayAct) && <Note {...{ loan, mayAct, again }} />}
        <EventList events={loan.events ?? []} />
      </div>
    </>
  );
}

function About({ loan, isMine }: { loan: Loan; isMine: boolean }) {
  const holder = useRead(`holder ${loan.userId}`, async (signal) => {
    if (isMine || !may('admin')) return null;
    return (await holdfast.users.get(loan.userId, { signal })).name;
  });
  return (
    <span class="row">
      <Status of={loan} />
      {holder.data && (
        <span>
          of <bdi>{holder.data}</bdi>
        </span>
      )}
      {loan.requestedBy !== null && <span>asked for by an admin</span>}
      {loan.priority > 0 && <span>priority {loan.priority}</span>}
    </span>
  );
}

/** The terms of the pools of a loan: how early each warns (s), and by how much it can be extended. */
function useTerms(loan: Loan): { notices: number[]; most: number | null } {
  const names = [...new Set(loan.resources.map(({ pool }) => pool))].sort();
  const { data: pools = [] } = useRead(
    `terms ${JSON.stringify(names)}`,
    (signal) => Promise.all(names.map((name) => holdfast.pools.get(name, { signal }))),
    (change) => 'types' in change && change.types.includes('pool.changed'),
  );
  const limits = pools.flatMap(({ lease: { maximum } }) => maximum ?? []);
  const { startsAt, endsAt } = loan;
  const most =
    limits.length === 0 || startsAt === null || endsAt === null
      ? null
      : Math.max(0, Date.parse(startsAt) + Math.min(...limits) * 1_000 - Date.parse(endsAt));
  return { notices: pools.flatMap(({ lease: { notice } }) => notice ?? []), most };
}
