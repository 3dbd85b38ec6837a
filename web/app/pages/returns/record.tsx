import { hrefOf, pathOf } from '../../address/address';
import { Badge } from '../../parts/badge';
import { Copy } from '../../parts/copy';
import { Disclosure } from '../../parts/disclosure';
import { inWords } from '../../parts/duration';
import { LEVELS, ReturnLevel } from '../../parts/return-level';
import { Table, type Column } from '../../parts/table';
import { Time } from '../../parts/time';
import { Evidence } from './evidence';
import { CAUSES, OUTCOMES, STEPS, type Return } from './words';

/** One return in a line, with all of its record below on demand. */
export function ReturnLine({ record }: { record: Return }) {
  const { seq, resource, resourceId, pool, outcome, cause, level, needed, at } = record;
  const [kind, words] = OUTCOMES[outcome];
  return (
    <Disclosure
      label={`the record of ${resource}, number ${seq}`}
      line={
        <div class="return-line">
          <span class="return-what">
            <a href={hrefOf(pathOf('resources', resourceId))}>
              <bdi>{resource}</bdi>
            </a>{' '}
            <span class="log-soft">
              <bdi>{pool}</bdi>, {CAUSES[cause]}
            </span>
          </span>
          <span class="log-soft">
            <ReturnLevel level={level} needed={needed} />
            {needed !== null && ` of ${needed}`}
          </span>
          <Badge kind={kind}>{words}</Badge>
          <Time at={at} />
        </div>
      }
    >
      {() => <Details record={record} />}
    </Disclosure>
  );
}

function Details({ record }: { record: Return }) {
  const { seq, hash, since, at, level, needed, reservationId, driver, version, shown } = record;
  const took = inWords(Math.max(0, Date.parse(at) - Date.parse(since)));
  return (
    <div class="stack">
      <dl class="log-facts">
        <dt>Level</dt>
        <dd>
          {level}: {LEVELS[level]}.{' '}
          {needed === null
            ? 'No holder had to be shown to be out.'
            : `The pool asks for ${needed}.`}
        </dd>
        <dt>Time</dt>
        <dd>
          <Time at={since} as="clock" /> to <Time at={at} as="clock" />, {took}
        </dd>
        <dt>Loan</dt>
        <dd>
          {reservationId === null ? (
            'none'
          ) : (
            <a href={hrefOf(pathOf('reservations', reservationId))}>
              <code>{reservationId}</code>
            </a>
          )}
        </dd>
        <dt>Driver</dt>
        <dd>
          {driver} {version && <span class="log-soft">of Holdfast {version}</span>}
        </dd>
        <dt>Record</dt>
        <dd>
          {seq}, hash <code>{hash}</code> <Copy text={hash} what="the hash of the record" />
        </dd>
      </dl>
      <Evidence shown={shown} />
      <Steps record={record} />
    </div>
  );
}

type Step = Return['steps'][number];

const COLUMNS: readonly Column<Step>[] = [
  { title: 'Step', cell: ({ step }) => STEPS[step] },
  { title: 'Began', cell: ({ since }) => <Time at={since} as="clock" /> },
  { title: 'Took', kind: 'number', cell: tookWords },
  { title: 'Calls', kind: 'number', cell: ({ calls }) => calls },
  { title: 'Failed', kind: 'number', cell: ({ failures }) => failures },
  { title: 'Last failure', kind: 'wide', cell: ({ failure }) => <bdi>{failure ?? '–'}</bdi> },
];

function tookWords({ since, until }: Step): string {
  const ms = Math.max(0, Date.parse(until) - Date.parse(since));
  return ms < 1_000 ? `${ms} ms` : inWords(ms);
}

function Steps({ record: { resource, seq, steps } }: { record: Return }) {
  if (steps.length === 0) return <p class="log-soft">The driver was not called.</p>;
  return (
    <Table
      caption={`Steps of the return of ${resource}, number ${seq}`}
      columns={COLUMNS}
      rows={steps}
      keyOf={({ step, since }) => `${step} ${since}`}
    />
  );
}
