import { useMemo } from 'preact/hooks';
import { address } from '../address/address';
import { Busy } from '../parts/busy';
import { Empty } from '../parts/empty';
import { Failure } from '../parts/failure';
import { PageHead } from '../parts/page-head';
import '../styles/borrow.css';
import { BorrowForm } from './borrow/borrow-form';
import { usePools } from './borrow/chosen';
import { draftOf } from './borrow/draft';

/** Borrows: the address may fill in the form, so that a link anywhere does. */
export default function Borrow() {
  const { data: pools, failure, again } = usePools();
  const filled = address.value.query.toString();
  const initial = useMemo(() => draftOf(new URLSearchParams(filled)), [filled]);
  return (
    <>
      <PageHead title="Borrow" about="Lent at once if it is free; otherwise in a queue." />
      <Failure of={failure} retry={again} />
      {!pools && failure === null && <Busy what="Pools" />}
      {pools?.length === 0 && (
        <Empty title="There is nothing to borrow yet.">
          <p>An admin makes pools.</p>
        </Empty>
      )}
      {pools && pools.length > 0 && <BorrowForm key={filled} initial={initial} pools={pools} />}
    </>
  );
}
