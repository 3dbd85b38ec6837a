import { useEffect, useRef } from 'preact/hooks';
import { filterOf, setQuery } from '../address/address';
import { Busy } from '../parts/busy';
import { Button } from '../parts/button';
import { Empty } from '../parts/empty';
import { Failure } from '../parts/failure';
import { SelectField } from '../parts/field';
import { noteServerTime } from '../parts/now-signal';
import { PageHead } from '../parts/page-head';
import { holdfast } from '../server/client';
import { overview } from '../server/overview';
import { ofPool, useRead } from '../server/query';
import '../styles/timeline.css';
import { Chart } from './timeline/chart';
import { LaneTable } from './timeline/lane-table';
import { Legend, Patterns } from './timeline/legend';
import { Queue } from './timeline/queue';
import { Takings, WindowButtons } from './timeline/toolbar';
import { useView } from './timeline/use-view';
import type { Timeline as Answer } from './timeline/words';

const PAGE = 100;
/** The most lanes that the API gives. */
const MOST = 500;

/** Shows the holders of a pool's resources over time, and its queue. */
export default function Timeline() {
  const pools = overview.value?.pools.map(({ name }) => name);
  const pool = filterOf('pool') || pools?.[0];
  if (pools?.length === 0 && pool === undefined) return <NoPools />;
  return (
    <>
      <PageHead title="Timeline" about="Who has what until when, and who waits." />
      {pool === undefined ? (
        <Busy what="Pools" />
      ) : (
        <OfPool key={pool} pool={pool} pools={pools ?? []} />
      )}
    </>
  );
}

function NoPools() {
  return (
    <>
      <PageHead title="Timeline" />
      <Empty title="There are no pools yet.">
        <p>As soon as there is one, its timeline is here.</p>
      </Empty>
    </>
  );
}

function OfPool({ pool, pools }: { pool: string; pools: readonly string[] }) {
  const view = useView();
  const since = filterOf('since') || undefined;
  const until = filterOf('until') || undefined;
  const limit = Math.min(MOST, Math.max(1, Number.parseInt(filterOf('limit'), 10) || PAGE));
  const { data, failure, again } = useTimeline(pool, { since, until, limit });
  const names = pools.includes(pool) ? pools : [pool, ...pools];
  return (
    <div class="stack">
      <div class="tl-head">
        <SelectField
          label="Pool"
          value={pool}
          options={names.map((name) => [name, name])}
          onValue={(value) => setQuery({ pool: value, limit: undefined })}
        />
        <WindowButtons view={view} />
        <Takings {...{ pool, since, until, limit }} />
      </div>
      <Failure of={failure} retry={again} />
      {!data && failure === null && <Busy what="Timeline" />}
      {data && (
        <>
          <Patterns />
          {filterOf('view') === 'table' ? (
            <LaneTable timeline={data} />
          ) : (
            <Drawn timeline={data} view={view} />
          )}
          <More leftOut={data.leftOut} limit={limit} />
          <Queue timeline={data} />
        </>
      )}
    </div>
  );
}

function Drawn({ timeline, view }: { timeline: Answer; view: ReturnType<typeof useView> }) {
  if (timeline.lanes.length === 0)
    return <Empty title="This pool has no resources.">An admin can give it some.</Empty>;
  return (
    <div>
      <Legend />
      <Chart timeline={timeline} view={view} />
    </div>
  );
}

function More({ leftOut, limit }: { leftOut: number; limit: number }) {
  if (leftOut === 0) return null;
  const words = `${leftOut.toLocaleString()} more resources`;
  return (
    <p class="tl-more">
      {limit < MOST ? (
        <Button onClick={() => setQuery({ limit: String(Math.min(MOST, limit + PAGE)) })}>
          Show more
        </Button>
      ) : null}{' '}
      <span class="hint">{limit < MOST ? words : `${words} are not shown.`}</span>
    </p>
  );
}

/** Reads the timeline; the one before stays until that of another window is there. */
function useTimeline(pool: string, query: { since?: string; until?: string; limit: number }) {
  const read = useRead(
    JSON.stringify(query),
    async (signal) => {
      const answer = await holdfast.pools.timeline(pool, { ...query, signal });
      noteServerTime(answer.now);
      return answer;
    },
    ofPool(pool),
  );
  const last = useRef<Answer>(undefined);
  useEffect(() => {
    if (read.data) last.current = read.data;
  }, [read.data]);
  return { ...read, data: read.data ?? last.current };
}
