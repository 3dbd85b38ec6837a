import { hrefOf } from '../address/address';
import { PageHead } from '../parts/page-head';
import { may, me } from '../server/session';
import '../styles/loans.css';
import { ENDED_COLUMNS, RUNNING_COLUMNS, WAITING_COLUMNS } from './mine/columns';
import { useOwn } from './mine/lists';
import { Section } from './mine/section';

/** How many entries each list begins with. */
const STEP = 50;
const ENDED_STEP = 20;

/** The reader's own loans: those that run, those that wait, and those of the past. */
export default function Mine() {
  const id = me.value?.id ?? '';
  const active = useOwn(id, 'active', STEP);
  const preparing = useOwn(id, 'preparing', STEP);
  const queued = useOwn(id, 'queued', STEP);
  const ended = useOwn(id, 'ended', ENDED_STEP);
  return (
    <>
      <PageHead title="Mine">
        {may('reserve') && (
          <a class="button main" href={hrefOf('/borrow')}>
            Borrow
          </a>
        )}
      </PageHead>
      <div class="stack">
        <Section
          title="Lent"
          read={active}
          columns={RUNNING_COLUMNS}
          isBatch
          empty={<Nothing what="You have nothing borrowed." />}
        />
        <Section
          title="Being opened"
          read={preparing}
          columns={RUNNING_COLUMNS}
          isBatch
          empty={null}
        />
        <Section title="Waiting" read={queued} columns={WAITING_COLUMNS} isBatch empty={null} />
        <Section title="Ended" read={ended} columns={ENDED_COLUMNS} empty={null} />
      </div>
    </>
  );
}

function Nothing({ what }: { what: string }) {
  return (
    <p class="quiet-empty">
      {what} {may('reserve') && <a href={hrefOf('/borrow')}>Borrow something</a>}
    </p>
  );
}
