import { useState } from 'preact/hooks';
import { hrefOf, pathOf } from '../../address/address';
import { Badge } from '../../parts/badge';
import { Button } from '../../parts/button';
import { Busy } from '../../parts/busy';
import { Empty } from '../../parts/empty';
import { Failure } from '../../parts/failure';
import { MoreOfList } from '../../parts/more-of-list';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { holdfast, type Schemas } from '../../server/client';
import { useKept } from '../../server/kept';
import { useRead } from '../../server/query';
import { windowOf } from '../../server/windows';

type Delivery = Schemas['WebhookDelivery'];

const WINDOW = 50;

/** The deliveries of a webhook, the newest event first. `round`: another one reads them again. */
export function Deliveries({ id, round }: { id: string; round: number }) {
  const [wanted, setWanted] = useState(WINDOW);
  const { data, failure, again } = useKept(
    useRead(`deliveries of ${id} ${wanted} ${round}`, (signal) =>
      windowOf(holdfast.webhooks.deliveries(id, { limit: 200, signal }), () => true, wanted),
    ),
  );
  return (
    <section class="stack" aria-label="Deliveries">
      <div class="row">
        <h2>Deliveries</h2>
        <Button onClick={again}>Look again</Button>
      </div>
      <Failure of={failure} retry={again} />
      {!data && !failure && <Busy what="Deliveries" />}
      {data?.items.length === 0 && (
        <Empty title="Nothing was sent yet.">
          <p>Send a test event to see whether the address answers.</p>
        </Empty>
      )}
      {data && data.items.length > 0 && (
        <>
          <Table
            caption="Deliveries"
            columns={COLUMNS}
            rows={data.items}
            keyOf={({ id: delivery }) => delivery}
          />
          <MoreOfList
            shown={data.items.length}
            hasMore={data.hasMore}
            what={data.items.length === 1 ? 'delivery' : 'deliveries'}
            onMore={() => setWanted(wanted + WINDOW)}
          />
        </>
      )}
    </section>
  );
}

const COLUMNS: readonly Column<Delivery>[] = [
  { title: 'Event', cell: ({ seq, type }) => `${type} #${seq}` },
  { title: 'State', cell: (delivery) => <DeliveryState delivery={delivery} /> },
  { title: 'Tries', kind: 'number', cell: ({ tries }) => tries },
  { title: 'Last try', cell: ({ lastTryAt }) => <Time at={lastTryAt} none="not yet" /> },
  { title: 'Answer', kind: 'wide', cell: (delivery) => <Answer delivery={delivery} /> },
  { title: 'Next try', cell: ({ nextTryAt }) => <Time at={nextTryAt} /> },
  {
    title: 'Reservation',
    cell: ({ reservation }) =>
      reservation === null ? (
        '–'
      ) : (
        <a href={hrefOf(pathOf('reservations', reservation))}>its loan</a>
      ),
  },
];

const KINDS: Readonly<Record<string, 'good' | 'bad' | 'warn'>> = {
  delivered: 'good',
  failed: 'bad',
};

function DeliveryState({ delivery: { state } }: { delivery: Delivery }) {
  return <Badge kind={KINDS[state] ?? 'warn'}>{state}</Badge>;
}

function Answer({ delivery: { lastStatus, lastError, tries } }: { delivery: Delivery }) {
  if (tries === 0) return <>–</>;
  return (
    <span class="why">
      {lastStatus !== null && <span>{lastStatus}</span>}
      {lastError !== null && <bdi>{lastError}</bdi>}
    </span>
  );
}
