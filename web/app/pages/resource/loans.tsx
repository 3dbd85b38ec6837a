import { hrefOf, pathOf } from '../../address/address';
import { Listing } from '../../parts/listing';
import { ShowMore } from '../../parts/show-more';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { holdfast, type Schemas } from '../../server/client';
import { ofPool } from '../../server/query';
import { useWindow } from '../../server/windowed';

type Loan = Schemas['Loan'];

const COLUMNS: readonly Column<Loan>[] = [
  {
    title: 'Holder',
    kind: 'wide',
    cell: ({ user, reservation }) => (
      <a href={hrefOf(pathOf('reservations', reservation))}>
        <bdi>{user.name ?? 'a forgotten user'}</bdi>
      </a>
    ),
  },
  { title: 'From', cell: ({ since }) => <Whole at={since} /> },
  { title: 'Until', cell: ({ until }) => <Whole at={until} /> },
];

function Whole({ at }: { at: string | null }) {
  return (
    <span class="whole">
      <Time at={at} as="clock" none="it is given back" />
    </span>
  );
}

interface OfResource {
  /** The id of the resource. */
  id: string;
  /** The name of its pool. */
  pool: string;
  /** How many are shown at first, and more each time. */
  step: number;
}

/** The loans of a resource, with holder and times, the newest first. */
export function Loans({ id, pool, step }: OfResource) {
  const read = useWindow(
    `loans ${step} ${id}`,
    (part) => holdfast.resources.loans(id, part).page(),
    { step, concerns: ofPool(pool) },
  );
  return (
    <section>
      <h3>Loans</h3>
      <Listing read={read} what="Loans" empty={<p class="hint">It has not been lent yet.</p>}>
        {(loans) => (
          <Table
            caption="Loans"
            columns={COLUMNS}
            rows={loans}
            keyOf={({ reservation, since }) => `${reservation} ${since}`}
          />
        )}
      </Listing>
      <ShowMore of={read} />
    </section>
  );
}
