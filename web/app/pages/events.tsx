import { useEffect } from 'preact/hooks';
import { filterOf } from '../address/address';
import { ChoiceFilter, NameFilter, TimeFilter } from '../parts/address-filter';
import { Busy } from '../parts/busy';
import { Button } from '../parts/button';
import { Empty } from '../parts/empty';
import { Failure } from '../parts/failure';
import { PageHead } from '../parts/page-head';
import { overview } from '../server/overview';
import { may } from '../server/session';
import '../styles/events.css';
import type { Filter } from './events/event-feed';
import { EventLine } from './events/event-line';
import { ExportButtons } from './events/export-buttons';
import { learnNames } from './events/names';
import { CHOICES, typesOf } from './events/sentences';
import { useEvents, type Events as List } from './events/use-events';

const NAMES = ['pool', 'resource', 'actor', 'user', 'since', 'until'] as const;

/** Everything that happened, the newest first, and what happens now. */
export default function Events() {
  const given = NAMES.map((name) => [name, filterOf(name) || undefined] as const);
  const filter: Filter = { type: typesOf(filterOf('type')), ...Object.fromEntries(given) };
  const list = useEvents(filter);
  useEffect(() => learnNames(list.items ?? []), [list.items]);
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <>
      <PageHead title="Events" about={may('admin') ? undefined : 'Those that are about you.'}>
        <ExportButtons filter={filter} />
      </PageHead>
      <Filters />
      <Failure of={list.failure} retry={list.again} />
      <Live list={list} isPast={filter.until !== undefined} />
      {list.items === null && list.failure === null && <Busy what="Events" />}
      {list.items?.length === 0 && !list.hasMore && <NoEvents isFiltered={isFiltered} />}
      {list.items && list.items.length > 0 && (
        <ol class="log" aria-label="Events">
          {list.items.map((event) => (
            <li key={event.seq}>
              <EventLine event={event} onToggle={list.noteReading} />
            </li>
          ))}
        </ol>
      )}
      {list.hasMore && (
        <p class="log-more">
          {list.items?.length === 0 && <span>Nothing fits among the newest. </span>}
          <Button onClick={list.more}>Show older events</Button>
        </p>
      )}
    </>
  );
}

function Filters() {
  return (
    <div class="filters log-filters" role="search" aria-label="Filter events">
      <ChoiceFilter label="Type" name="type" options={CHOICES} />
      <NameFilter
        label="Pool"
        name="pool"
        suggestions={overview.value?.pools.map(({ name }) => name)}
      />
      <NameFilter label="Resource" name="resource" />
      <NameFilter label="Actor" name="actor" />
      {may('admin') && <NameFilter label="User" name="user" />}
      <TimeFilter label="From" name="since" />
      <TimeFilter label="Until" name="until" />
    </div>
  );
}

/** Says whether events come in by themselves, and lets the reader hold them back. */
function Live({ list, isPast }: { list: List; isPast: boolean }) {
  if (isPast)
    return <p class="hint events-live">Events after the end of the filter are not shown.</p>;
  const { held, isPaused, pause, showNew } = list;
  return (
    <div class="events-live">
      <Button isPressed={isPaused} onClick={() => pause(!isPaused)}>
        Pause
      </Button>
      <span role="status">
        {held > 0 && (
          <Button kind="main" onClick={showNew}>
            {held.toLocaleString()} new
          </Button>
        )}
      </span>
    </div>
  );
}

function NoEvents({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <Empty title="No event fits the filter.">
      {!may('admin') && <p>You see the events about you, and no others.</p>}
      <a href="#/events">Show all events</a>
    </Empty>
  ) : (
    <Empty title="Nothing has happened yet." />
  );
}
