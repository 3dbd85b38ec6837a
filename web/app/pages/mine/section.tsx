import type { ComponentChildren } from 'preact';
import { useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { Listing } from '../../parts/listing';
import type { ReservationSummary } from '../../parts/loans/words';
import { nameOf } from '../../parts/loans/words';
import { Table, type Column } from '../../parts/table';
import { may } from '../../server/session';
import type { Window } from '../../server/windowed';
import { Batch } from './batch';
import { endableOf } from './lists';

interface SectionProps {
  title: string;
  read: Window<ReservationSummary>;
  columns: readonly Column<ReservationSummary>[];
  /** null: the list is not shown while it is empty. */
  empty: ComponentChildren;
  /** Can its entries be selected, and something be done to them? */
  isBatch?: boolean;
}

/** A list of somebody's loans, with whatever can be done to several of them at once. */
export function Section({ title, read, columns, empty, isBatch }: SectionProps) {
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const { data, again, more } = read;
  const mayAct = isBatch === true && may('reserve');
  // Those that have ended meanwhile are selected no more.
  const chosen = data?.filter(({ id }) => selected.has(id)) ?? [];
  const extendable = chosen.filter(({ status, endsAt }) => status === 'active' && endsAt !== null);
  const count = data && data.length > 0 ? ` ${countOf(data.length, more !== null)}` : '';
  // A question about its entries stays open also when the last of them leaves the list.
  const isShown = empty !== null || (data !== undefined && data.length > 0);
  return (
    <section>
      <div class="list-head">
        {isShown && (
          <h2>
            {title}
            <span class="count">{count}</span>
          </h2>
        )}
        {mayAct && (
          <Batch
            selected={chosen.map(endableOf)}
            extendable={extendable.map(endableOf)}
            onDone={() => {
              setSelected(new Set());
              again();
            }}
          />
        )}
      </div>
      {isShown && (
        <Listing read={read} what={title} empty={empty}>
          {(rows) => (
            <Table
              caption={title}
              columns={columns}
              rows={rows}
              keyOf={({ id }) => id}
              selection={
                mayAct ? { selected, set: setSelected, nameOf: (row) => nameOf(row) } : undefined
              }
            />
          )}
        </Listing>
      )}
      {more && (
        <p class="more-row">
          <Button onClick={more} label={`Show more: ${title}`}>
            Show more
          </Button>
        </p>
      )}
    </section>
  );
}

function countOf(shown: number, hasMore: boolean): string {
  return hasMore ? `${shown}, and more` : String(shown);
}
