import { filterOf } from '../address/address';
import { ChoiceFilter, NameFilter, TimeFilter } from '../parts/address-filter';
import { Button } from '../parts/button';
import { Empty } from '../parts/empty';
import { Listing } from '../parts/listing';
import { PageHead } from '../parts/page-head';
import { holdfast } from '../server/client';
import { useNewestFirst } from '../server/newest-first';
import { overview } from '../server/overview';
import { ofPools } from '../server/query';
import '../styles/returns.css';
import { CheckChain } from './returns/chain';
import { ReturnLine } from './returns/record';
import { LEVELS, type Level } from '../parts/return-level';

const PAGE = 50;

/** The record of each way back, and the state of their chain. */
export default function Returns() {
  const filter = {
    pool: filterOf('pool') || undefined,
    level: (filterOf('level') || undefined) as Level | undefined,
    since: filterOf('since') || undefined,
    until: filterOf('until') || undefined,
  };
  const read = useNewestFirst(
    JSON.stringify(filter),
    (cursor, signal) => holdfast.returns.list({ ...filter, limit: PAGE, cursor, signal }).page(),
    ofPools,
  );
  const isFiltered = Object.values(filter).some((value) => value !== undefined);
  return (
    <>
      <PageHead title="Returns" about="What each way back has shown, the newest first." />
      <CheckChain />
      <Filters />
      <Listing read={read} what="Returns" empty={<NoReturns isFiltered={isFiltered} />}>
        {(records) => (
          <ol class="log">
            {records.map((record) => (
              <li key={record.seq}>
                <ReturnLine record={record} />
              </li>
            ))}
          </ol>
        )}
      </Listing>
      {read.more && (
        <p class="log-more">
          <Button onClick={read.more}>Show more</Button>
        </p>
      )}
    </>
  );
}

function Filters() {
  const levels = Object.entries(LEVELS).map(([level, words]) => [level, `${level}: ${words}`]);
  return (
    <div class="filters log-filters" role="search" aria-label="Filter returns">
      <NameFilter
        label="Pool"
        name="pool"
        suggestions={overview.value?.pools.map(({ name }) => name)}
      />
      <ChoiceFilter
        label="Level"
        name="level"
        options={[['', 'Any'], ...(levels as [string, string][])]}
      />
      <TimeFilter label="From" name="since" />
      <TimeFilter label="Until" name="until" />
    </div>
  );
}

function NoReturns({ isFiltered }: { isFiltered: boolean }) {
  return isFiltered ? (
    <Empty title="No return fits the filter.">
      <a href="#/returns">Show all returns</a>
    </Empty>
  ) : (
    <Empty title="Nothing has come back yet.">
      <p>The record of each return appears here as soon as it has ended.</p>
    </Empty>
  );
}
