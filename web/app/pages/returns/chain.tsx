import { useState } from 'preact/hooks';
import { Button } from '../../parts/button';
import { Copy } from '../../parts/copy';
import { Failure } from '../../parts/failure';
import { useAction } from '../../server/action';
import { holdfast, type Schemas } from '../../server/client';

type Report = Schemas['ChainReport'];
type Fault = Report['faults'][number];

/** Lets an admin check that no record was altered, removed or moved. */
export function CheckChain() {
  const [report, setReport] = useState<Report | null>(null);
  const action = useAction();
  const check = () =>
    void action.run(async () => {
      setReport(await holdfast.returns.verify());
    });
  return (
    <section class="chain card" aria-label="The chain of records">
      <div class="chain-line">
        <Button onClick={check} isBusy={action.isBusy}>
          {action.isBusy ? 'Checking …' : 'Check the chain'}
        </Button>
        <div role="status">{report ? <Result report={report} /> : <About />}</div>
      </div>
      <Failure of={action.failure} />
      {report && report.faults.length > 0 && <Faults report={report} />}
    </section>
  );
}

function About() {
  return (
    <span class="log-soft">
      Each record holds the hash of the one before it. A check finds records that were altered,
      removed or moved.
    </span>
  );
}

function Result({ report: { ok, records, head, faultCount } }: { report: Report }) {
  const counted = `${records.toLocaleString()} ${records === 1 ? 'record' : 'records'}`;
  return (
    <>
      <strong class={ok ? 'good-words' : 'bad-words'}>
        {ok ? `The chain is whole: ${counted}.` : `${faultCount} of ${counted} at fault.`}
      </strong>{' '}
      {head && (
        <>
          The newest is {head.seq}, with the hash <code>{head.hash}</code>. Keep it elsewhere: it
          shows if all records were written anew. <Copy text={head.hash} what="the newest hash" />
        </>
      )}
    </>
  );
}

const FAULTS: Readonly<Record<Fault['fault'], string>> = {
  altered: 'was altered',
  misplaced: 'is not where it was written',
  missing: 'is missing',
};

function Faults({ report: { faults, faultCount } }: { report: Report }) {
  return (
    <ul class="chain-faults">
      {faults.map(({ fault, seq, through, resource }) => (
        <li key={`${fault} ${seq}`}>
          Record {seq}
          {through !== undefined && through !== seq && ` to ${through}`} {FAULTS[fault]}
          {resource && (
            <>
              {' '}
              (<bdi>{resource}</bdi>)
            </>
          )}
        </li>
      ))}
      {faultCount > faults.length && <li>and {faultCount - faults.length} more</li>}
    </ul>
  );
}
