import { useState } from 'preact/hooks';
import { hrefOf, pathOf } from '../../address/address';
import { Badge } from '../../parts/badge';
import { Button } from '../../parts/button';
import { Listing } from '../../parts/listing';
import { EndDialog, type Endable } from '../../parts/loans/end-dialog';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { holdfast } from '../../server/client';
import { ofPool } from '../../server/query';
import { may, me } from '../../server/session';
import { useWindow } from '../../server/windowed';
import { placeOf } from '../reservation/waiting';
import { Parked } from './parked';
import { wantsOf, type Entry } from './wants';

interface PoolQueueProps {
  name: string;
  /** How many requests wait; undefined: not known. */
  length: number | undefined;
  /** How many entries are shown first, and more with each step. */
  step: number;
  /** Is it the only queue on the page? */
  isAlone: boolean;
}

/** The beginning of the queue of a pool. */
export function PoolQueue({ name, length, step, isAlone }: PoolQueueProps) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const [ending, setEnding] = useState<readonly Endable[] | null>(null);
  const read = useWindow(
    `queue ${name} by ${step}`,
    (part) => holdfast.pools.queue(name, part).page(),
    { step, most: 100, concerns: ofPool(name) },
  );
  const { data: rows = [], again, more } = read;
  const chosen = rows.filter((entry) => selected.has(keyOf(entry)) && mayCancel(entry));
  const columns = columnsOf((entry) => setEnding([endableOf(entry)]));
  const title = `Queue of ${name}`;
  return (
    <section>
      <div class="list-head">
        <h2>
          <a href={isAlone ? hrefOf(pathOf('pools', name)) : hrefOf('/queue', { pool: name })}>
            <bdi>{name}</bdi>
          </a>
          <span class="count"> {length}</span>
        </h2>
        {chosen.length > 0 && (
          <div class="batch row" role="group" aria-label="Selected">
            <span>{chosen.length} selected</span>
            <Button kind="danger" onClick={() => setEnding(chosen.map(endableOf))}>
              Cancel …
            </Button>
          </div>
        )}
      </div>
      <Listing
        read={read}
        what={title}
        empty={
          <p class="quiet-empty">
            Nobody waits for anything of this pool.{' '}
            <a href={hrefOf(pathOf('pools', name))}>Who has what, and until when</a>
          </p>
        }
      >
        {(entries) => (
          <Table
            caption={title}
            columns={columns}
            rows={entries}
            keyOf={keyOf}
            rowClass={({ mine }) => (mine ? 'own-request' : undefined)}
            selection={
              may('admin') ? { selected, set: setSelected, nameOf: endableName } : undefined
            }
          />
        )}
      </Listing>
      {more && (
        <p class="more-row">
          <Button onClick={more} label={`Show more of ${name}`}>
            Show more
          </Button>
        </p>
      )}
      {ending && (
        <EndDialog
          targets={ending}
          onDone={() => {
            setSelected(new Set());
            again();
          }}
          onClose={() => setEnding(null)}
        />
      )}
    </section>
  );
}

function keyOf({ reservationId, position, since }: Entry): string {
  return reservationId ?? `${position} ${since}`;
}

function mayCancel({ reservationId, mine }: Entry): boolean {
  return reservationId !== null && may('reserve') && (mine || may('admin'));
}

function endableOf(entry: Entry): Endable {
  const { reservationId, user } = entry;
  const isOthers = user?.userId !== me.value?.id;
  return { id: reservationId!, name: endableName(entry), isWaiting: true, isOthers };
}

function endableName({ user, position }: Entry): string {
  return user ? `#${position} of ${user.name}` : `#${position}`;
}

function columnsOf(cancel: (entry: Entry) => void): readonly Column<Entry>[] {
  return [
    { title: 'Place', kind: 'number', cell: placeOf },
    { title: 'Who', cell: (entry) => <Who of={entry} /> },
    { title: 'Waits for', kind: 'wide', cell: (entry) => <Wants of={entry} /> },
    { title: 'Since', cell: ({ since }) => <Time at={since} /> },
    { title: 'Priority', kind: 'number', cell: ({ priority }) => (priority > 0 ? priority : '–') },
    {
      title: '',
      kind: 'actions',
      cell: (entry) =>
        mayCancel(entry) && (
          <Button
            kind="quiet"
            label={`Cancel request ${endableName(entry)}`}
            onClick={() => cancel(entry)}
          >
            Cancel
          </Button>
        ),
    },
  ];
}

function Who({ of: { user, mine, reservationId } }: { of: Entry }) {
  const name = <bdi>{user?.name ?? (mine ? 'you' : 'somebody')}</bdi>;
  return (
    <span class="row">
      {reservationId === null ? (
        name
      ) : (
        <a href={hrefOf(pathOf('reservations', reservationId))}>{name}</a>
      )}
      {mine && <Badge kind="good">mine</Badge>}
    </span>
  );
}

function Wants({ of: entry }: { of: Entry }) {
  return (
    <div>
      <bdi>{wantsOf(entry)}</bdi>
      {entry.parked && <Parked reservationId={entry.reservationId} />}
    </div>
  );
}
