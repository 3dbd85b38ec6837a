import { useRef } from 'preact/hooks';
import type { PageParams } from '../address/pages';
import { Busy } from '../parts/busy';
import { Failure } from '../parts/failure';
import { PageHead } from '../parts/page-head';
import { useRead } from '../server/query';
import '../styles/loans.css';
import { isPending, readLoan, type Loan } from './reservation/loan';
import { LoanView } from './reservation/loan-view';

/** A loan, or the request that it still is: everything about it, live. */
export default function ReservationPage({ params }: { params: PageParams }) {
  const id = params.id!;
  const last = useRef<Loan | undefined>(undefined);
  const read = useRead(
    `loan ${id}`,
    (signal) => readLoan(id, signal),
    (change) => {
      const loan = last.current;
      if ('types' in change)
        return change.types.some((type) => /^(reservation|lease)\./.test(type));
      // A request may be served from any pool, and moves up by what happens in any of them.
      return !loan || isPending(loan) || loan.resources.some(({ pool }) => pool === change.pool);
    },
  );
  last.current = read.data;
  if (read.data) {
    return <LoanView key={id} loan={read.data} failure={read.failure} again={read.again} />;
  }
  return (
    <>
      <PageHead title="Loan" />
      <Failure of={read.failure} retry={read.again} />
      {read.failure === null && <Busy what="Loan" />}
    </>
  );
}
